#include "hydrate/evict.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <vector>

#include "base/file.hpp"
#include "hydrate/root.hpp"

namespace ballast {
namespace {

constexpr std::string_view k_discarded_prefix = "discarded-";

struct Candidate {
    std::string name;
    timespec changed = {};
};

bool is_of_family(int root, const std::string& name, const std::string& family) {
    const Fd file(::openat(root, (name + "/" + k_family_file).c_str(), O_RDONLY | O_NOFOLLOW | O_CLOEXEC));
    if (!file) return false;
    const auto text = read_file(file, name, 256);
    return text && *text == family + "\n";
}

// Renames the place away, so that nobody finds half of it, then removes it. A kill in between leaves
// a directory that the next eviction removes.
Result<void> discard(int root, const std::string& root_path, const std::string& name) {
    const std::string discarded = fmt::format("{}{}-{}", k_discarded_prefix, name, ::getpid());
    if (::renameat(root, name.c_str(), root, discarded.c_str()) != 0) {
        return fail_errno(errno, root_path + "/" + name, "cannot remove the old version");
    }
    return remove_all_at(root, discarded, root_path + "/" + discarded);
}

// Discards the place unless a process holds one of its locks. A process that comes for it meanwhile
// waits for the lock, then finds that the place is not current any more.
Result<void> discard_unless_held(int root, const std::string& root_path, const std::string& name) {
    const std::string name_in_errors = root_path + "/" + name;
    BALLAST_TRY(const Fd place, open_directory_at(root, name, name_in_errors));
    BALLAST_TRY(const FileLock hydrating, FileLock::acquire(place.value(), k_hydrate_lock, name_in_errors,
                                                            FileLock::Mode::exclusive, FileLock::Wait::no));
    if (!hydrating) return {};
    BALLAST_TRY(const FileLock using_it, FileLock::acquire(place.value(), k_use_lock, name_in_errors,
                                                           FileLock::Mode::exclusive, FileLock::Wait::no));
    if (!using_it) return {};
    return discard(root, root_path, name);
}

}  // namespace

Result<FreeSpace> free_space(int directory, const std::string& name_in_errors) {
    struct statvfs info = {};
    if (::fstatvfs(directory, &info) != 0)
        return fail_errno(errno, name_in_errors, "cannot tell the free space");
    return FreeSpace{info.f_bavail * info.f_frsize, std::max<std::uint64_t>(info.f_frsize, 512)};
}

Result<FreeSpace> evict_family(int root, const std::string& root_path, const std::string& family,
                               const Place& keep, std::uint64_t needed) {
    const std::string kept = keep.path().substr(keep.path().find_last_of('/') + 1);
    std::vector<Candidate> candidates;
    // A root that cannot be listed has nothing to evict: what is said is that there is no space.
    const auto names = names_in(root, root_path).value_or(std::vector<std::string>());
    for (const auto& name : names) {
        if (name.starts_with(k_discarded_prefix)) {
            BALLAST_CHECK(remove_all_at(root, name, root_path + "/" + name));
        } else if (name != kept && is_of_family(root, name, family)) {
            struct stat info = {};
            if (::fstatat(root, name.c_str(), &info, AT_SYMLINK_NOFOLLOW) == 0)
                candidates.push_back({name, info.st_mtim});
        }
    }
    std::sort(candidates.begin(), candidates.end(), [](const Candidate& a, const Candidate& b) {
        return std::pair(a.changed.tv_sec, a.changed.tv_nsec) <
               std::pair(b.changed.tv_sec, b.changed.tv_nsec);
    });
    for (const auto& candidate : candidates) {
        BALLAST_TRY(const FreeSpace now, free_space(root, root_path));
        if (now.bytes >= needed) return now;
        BALLAST_CHECK(discard_unless_held(root, root_path, candidate.name));
    }
    return free_space(root, root_path);
}

Result<void> write_family(const Place& place, const std::string& family) {
    const Fd file(
        ::openat(place.fd(), k_family_file, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600));
    if (!file) {
        if (errno == EEXIST) return {};
        return fail_errno(errno, place.path(), "cannot note the family");
    }
    return write_all(file, as_bytes(family + "\n"), place.path());
}

}  // namespace ballast
