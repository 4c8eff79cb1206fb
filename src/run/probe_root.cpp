#include "run/probe_root.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/vfs.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <iterator>
#include <map>

#include "base/file.hpp"
#include "base/size.hpp"
#include "hydrate/evict.hpp"
#include "hydrate/root.hpp"

namespace ballast {
namespace {

using State = Finding::State;

std::string file_system(int fd) {
    // linux/magic.h has not all of them.
    static const std::map<std::uint32_t, std::string> k_file_systems = {
        {0xEF53, "ext4"},      {0x58465342, "xfs"}, {0x01021994, "tmpfs"}, {0x794C7630, "overlay"},
        {0x9123683E, "btrfs"}, {0x6969, "nfs"},     {0x65735546, "fuse"},  {0x73717368, "squashfs"}};
    struct statfs info = {};
    if (::fstatfs(fd, &info) != 0) return "unknown";
    const auto magic = static_cast<std::uint32_t>(info.f_type);
    const auto known = k_file_systems.find(magic);
    return known == k_file_systems.end() ? fmt::format("{:#x}", magic) : known->second;
}

// A directory in the root, removed with all below it.
class Scratch {
  public:
    Scratch(int root, std::string root_path)
        : m_root(root), m_root_path(std::move(root_path)), m_name(fmt::format("doctor-{}", ::getpid())) {}
    Scratch(const Scratch&) = delete;
    Scratch& operator=(const Scratch&) = delete;
    ~Scratch() { (void)remove_all_at(m_root, m_name, m_root_path); }

    Result<Fd> open() const { return make_directory_at(m_root, m_name, m_root_path + "/" + m_name); }

  private:
    int m_root;
    std::string m_root_path;
    std::string m_name;
};

Finding needed(const char* what, bool works, const std::string& root, const char* hint) {
    if (works) return {what, State::good, "works"};
    const std::string cause = std::strerror(errno);
    Finding finding =
        missing(what, {ErrorCode::check_failed, root, fmt::format("{}: {}", what, cause), hint});
    finding.found = cause;
    return finding;
}

Findings try_files(int directory, const std::string& root) {
    constexpr const char* k_hint = "choose a root on an ordinary file system with --root or BALLAST_ROOT";
    Findings findings;
    const Fd file(::openat(directory, "a", O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600));
    findings.push_back(needed("files", file && ::write(file.value(), "#!", 2) == 2, root, k_hint));
    findings.push_back(needed("flock", ::flock(file.value(), LOCK_EX | LOCK_NB) == 0, root, k_hint));
    findings.push_back(needed("rename", ::renameat(directory, "a", directory, "b") == 0, root, k_hint));
    findings.push_back(needed("hard links", ::linkat(directory, "b", directory, "c", 0) == 0, root, k_hint));
    findings.push_back(needed("symlinks", ::symlinkat("b", directory, "d") == 0, root, k_hint));
    struct statvfs info = {};
    const bool runs = ::fchmod(file.value(), 0700) == 0 && ::fstatvfs(directory, &info) == 0 &&
                      (info.f_flag & ST_NOEXEC) == 0;
    errno = EACCES;
    findings.push_back(
        needed("execution", runs, root, "the file system is mounted noexec: choose another --root"));
    return findings;
}

}  // namespace

Findings look_at_root(const std::string& root, std::uint64_t needed_bytes) {
    struct stat info = {};
    const bool was_there = ::lstat(root.c_str(), &info) == 0;
    auto opened = open_root(root, CreateRoot::yes);
    if (!opened) {
        const Error& error = opened.error();
        return {{"root", State::missing, root + ": " + error.message, {}, error}};
    }
    Findings findings;
    std::string found =
        fmt::format("{}, {}{}", root, file_system(opened->value()), was_there ? "" : ", not there yet");
    findings.push_back({"root", State::good, found, "trees are hydrated here"});

    const auto space = free_space(opened->value(), root);
    const std::uint64_t free = space ? space->bytes : 0;
    if (free < needed_bytes) {
        findings.push_back(
            {"space",
             State::missing,
             fmt::format("{} free, {} needed", format_size(free), format_size(needed_bytes)),
             {},
             Error{ErrorCode::check_failed, root,
                   fmt::format("needs {}, but {} are free", format_size(needed_bytes), format_size(free)),
                   "raise the function's ephemeral storage, hydrate groups only, or choose another --root"}});
    } else {
        findings.push_back({"space", State::good, format_size(free) + " free",
                            needed_bytes == 0 ? "" : format_size(needed_bytes) + " are needed"});
    }
    {
        const Scratch scratch(opened->value(), root);
        const auto directory = scratch.open();
        std::ranges::move(
            directory ? try_files(directory->value(), root) : Findings{missing("files", directory.error())},
            std::back_inserter(findings));
    }
    if (!was_there) ::rmdir(root.c_str());
    return findings;
}

}  // namespace ballast
