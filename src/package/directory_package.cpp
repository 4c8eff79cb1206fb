#include "package/directory_package.hpp"

#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>

#include "base/interrupt.hpp"
#include "base/relative_path.hpp"
#include "package/beneath.hpp"

namespace ballast {
namespace {

// What a file was when it was listed; another size or time means that its bytes are others.
struct FileState {
    off_t size = 0;
    timespec changed = {};

    bool holds(const struct stat& info) const {
        return S_ISREG(info.st_mode) && info.st_size == size && info.st_mtim.tv_sec == changed.tv_sec &&
               info.st_mtim.tv_nsec == changed.tv_nsec;
    }
};

tl::unexpected<Error> fail_changed(std::string_view name_in_errors) {
    return fail(ErrorCode::corrupt, name_in_errors, "changed while it was read",
                "run it again when nothing else writes to the package");
}

class DirectoryFileReader final : public FileReader {
  public:
    DirectoryFileReader(Fd fd, const FileState& listed, std::string name_in_errors)
        : m_fd(std::move(fd)),
          m_listed(listed),
          m_left(static_cast<std::uint64_t>(listed.size)),
          m_name_in_errors(std::move(name_in_errors)) {}

    Result<std::size_t> read(std::span<std::byte> out) override {
        const auto wanted = static_cast<std::size_t>(std::min<std::uint64_t>(out.size(), m_left));
        std::size_t filled = 0;
        while (filled < wanted) {
            const auto count = ::read(m_fd.value(), out.data() + filled, wanted - filled);
            if (count < 0) {
                if (errno == EINTR) continue;
                return fail_errno(errno, m_name_in_errors, "cannot read");
            }
            if (count == 0) return fail_changed(m_name_in_errors);
            filled += static_cast<std::size_t>(count);
        }
        m_left -= filled;
        if (m_left == 0 && filled > 0) {
            struct stat info = {};
            if (::fstat(m_fd.value(), &info) != 0) return fail_errno(errno, m_name_in_errors, "cannot stat");
            if (!m_listed.holds(info)) return fail_changed(m_name_in_errors);
        }
        return filled;
    }

  private:
    Fd m_fd;
    FileState m_listed;
    std::uint64_t m_left;
    std::string m_name_in_errors;
};

class DirectoryPackage final : public Package {
  public:
    DirectoryPackage(Fd root, std::string name) : m_root(std::move(root)), m_name(std::move(name)) {}

    const std::string& name() const override { return m_name; }
    const std::vector<Entry>& entries() const override { return m_entries; }
    Result<std::unique_ptr<FileReader>> open(std::size_t index) const override;

    // Lists the directory `path` ("" for the top) and all below it. Each directory is opened from the
    // top by its path, so that the deepest tree needs one descriptor, and closed before the next.
    Result<void> list(const std::string& path);

  private:
    Result<void> list_child(int directory_fd, const std::string& directory, const std::string& name,
                            std::vector<std::pair<Entry, FileState>>& children) const;
    std::string name_in_errors(std::string_view path) const;

    Fd m_root;
    std::string m_name;
    std::vector<Entry> m_entries;
    std::vector<FileState> m_states;  // one an entry
};

std::string DirectoryPackage::name_in_errors(std::string_view path) const {
    if (path.empty()) return m_name;
    return m_name + (m_name.ends_with('/') ? "" : "/") + printable(path);
}

Result<std::unique_ptr<FileReader>> DirectoryPackage::open(std::size_t index) const {
    const Entry& entry = m_entries[index];
    // O_NONBLOCK: a FIFO that took the file's place must not hold us up.
    Fd fd = open_beneath(m_root.value(), entry.path, O_RDONLY | O_NONBLOCK | O_NOCTTY);
    if (!fd) {
        const bool is_gone = errno == ENOENT || errno == ELOOP || errno == ENOTDIR || errno == ENXIO;
        if (is_gone) return fail_changed(name_in_errors(entry.path));
        return fail_errno(errno, name_in_errors(entry.path), "cannot open");
    }
    struct stat info = {};
    if (::fstat(fd.value(), &info) != 0) return fail_errno(errno, name_in_errors(entry.path), "cannot stat");
    if (!m_states[index].holds(info)) return fail_changed(name_in_errors(entry.path));
    return std::make_unique<DirectoryFileReader>(std::move(fd), m_states[index], name_in_errors(entry.path));
}

// Why an entry of this mode cannot be in a package, "" when it can.
std::string_view mode_fault(mode_t mode) {
    if (S_ISSOCK(mode)) return "is a socket, which a package cannot hold";
    if (S_ISFIFO(mode)) return "is a FIFO, which a package cannot hold";
    if (S_ISCHR(mode) || S_ISBLK(mode)) return "is a device, which a package cannot hold";
    if (S_ISREG(mode) && (mode & S_ISUID) != 0) return "is a set-uid file, which a package cannot hold";
    if (S_ISREG(mode) && (mode & S_ISGID) != 0) return "is a set-gid file, which a package cannot hold";
    return {};
}

Result<std::string> read_link(int directory_fd, const std::string& name, const std::string& name_in_errors) {
    std::string target(k_max_path_bytes + 1, '\0');
    const auto count = ::readlinkat(directory_fd, name.c_str(), target.data(), target.size());
    if (count < 0) return fail_errno(errno, name_in_errors, "cannot read the symlink");
    if (static_cast<std::size_t>(count) == target.size()) {
        return fail(ErrorCode::usage, name_in_errors, "the symlink's target is longer than 4095 bytes");
    }
    target.resize(static_cast<std::size_t>(count));
    return target;
}

Result<void> DirectoryPackage::list_child(int directory_fd, const std::string& directory,
                                          const std::string& name,
                                          std::vector<std::pair<Entry, FileState>>& children) const {
    Entry entry;
    entry.path = join_path(directory, name);
    struct stat info = {};
    if (::fstatat(directory_fd, name.c_str(), &info, AT_SYMLINK_NOFOLLOW) != 0) {
        return fail_errno(errno, name_in_errors(entry.path), "cannot stat");
    }
    if (const auto fault = mode_fault(info.st_mode); !fault.empty()) {
        const bool is_file = S_ISREG(info.st_mode);
        return fail(ErrorCode::usage, name_in_errors(entry.path), fault,
                    is_file ? "take the bit away with 'chmod ug-s', or leave the file out" : "remove it");
    }
    if (const auto fault = relative_path_fault(entry.path); !fault.empty()) {
        return fail(ErrorCode::usage, name_in_errors(entry.path), fault, "shorten its directories' names");
    }
    FileState state;
    entry.mode = static_cast<std::uint16_t>(info.st_mode & k_permission_bits);
    if (S_ISDIR(info.st_mode)) {
        entry.kind = EntryKind::directory;
    } else if (S_ISLNK(info.st_mode)) {
        entry.kind = EntryKind::symlink;
        BALLAST_TRY(entry.target, read_link(directory_fd, name, name_in_errors(entry.path)));
    } else {
        entry.size = static_cast<std::uint64_t>(info.st_size);
        state = {info.st_size, info.st_mtim};
    }
    children.emplace_back(std::move(entry), state);
    return {};
}

Result<void> DirectoryPackage::list(const std::string& path) {
    BALLAST_CHECK(check_interrupt(m_name));
    std::vector<std::pair<Entry, FileState>> children;
    {
        Fd fd = open_beneath(m_root.value(), path, O_RDONLY | O_DIRECTORY);
        if (!fd) return fail_errno(errno, name_in_errors(path), "cannot open the directory");
        const std::unique_ptr<DIR, int (*)(DIR*)> stream(::fdopendir(fd.value()), &::closedir);
        if (!stream) return fail_errno(errno, name_in_errors(path), "cannot list the directory");
        const int directory_fd = fd.release();  // the stream's from now on
        for (;;) {
            errno = 0;
            const dirent* found = ::readdir(stream.get());
            if (found == nullptr) {
                if (errno != 0) return fail_errno(errno, name_in_errors(path), "cannot list the directory");
                break;
            }
            const std::string name(found->d_name);
            if (name == "." || name == "..") continue;
            BALLAST_CHECK(list_child(directory_fd, path, name, children));
        }
    }
    std::sort(children.begin(), children.end(),
              [](const auto& a, const auto& b) { return a.first.path < b.first.path; });
    for (auto& [entry, state] : children) {
        const bool is_directory = entry.kind == EntryKind::directory;
        m_entries.push_back(std::move(entry));
        m_states.push_back(state);
        if (is_directory) BALLAST_CHECK(list(std::string(m_entries.back().path)));
    }
    return {};
}

}  // namespace

Result<std::unique_ptr<Package>> open_directory_package(Fd root, const std::string& name) {
    auto package = std::make_unique<DirectoryPackage>(std::move(root), name);
    BALLAST_CHECK(package->list(""));
    return package;
}

}  // namespace ballast
