#include "hydrate/root.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>

#include "base/file.hpp"
#include "base/relative_path.hpp"
#include "base/root_path.hpp"

namespace ballast {
namespace {

constexpr std::string_view k_hint = "choose a directory of your own with --root or BALLAST_ROOT";

bool is_trusted_owner(uid_t owner) {
    return owner == 0 || owner == ::geteuid();
}

// Symlinks above the root are followed by the kernel when it is opened; one that another user
// planted would let that user choose the place.
Result<void> check_parents(const std::string& path) {
    for (std::size_t slash = path.find('/', 1); slash != std::string::npos;
         slash = path.find('/', slash + 1)) {
        const std::string parent = path.substr(0, slash);
        struct stat info = {};
        if (::lstat(parent.c_str(), &info) != 0) {
            if (errno == ENOENT) return {};
            return fail_errno(errno, parent, "cannot stat");
        }
        if (S_ISLNK(info.st_mode) && !is_trusted_owner(info.st_uid)) {
            return fail(ErrorCode::permission, path,
                        fmt::format("'{}' is a symlink that user {} owns", parent, info.st_uid), k_hint);
        }
    }
    return {};
}

Result<void> check_ours(const Fd& fd, const std::string& path) {
    struct stat info = {};
    if (::fstat(fd.value(), &info) != 0) return fail_errno(errno, path, "cannot stat");
    if (!is_trusted_owner(info.st_uid)) {
        return fail(ErrorCode::permission, path, fmt::format("user {} owns it", info.st_uid), k_hint);
    }
    if ((info.st_mode & (S_IWGRP | S_IWOTH)) != 0) {
        return fail(ErrorCode::permission, path,
                    fmt::format("others may write to it (mode {:04o})", info.st_mode & 07777U),
                    "make it mode 0700, or choose another with --root");
    }
    return {};
}

}  // namespace

Result<Fd> open_root(const std::string& path, CreateRoot create) {
    if (const auto fault = root_fault(path))
        return fail(ErrorCode::usage, printable(path), "the root " + fault->message, fault->hint);
    BALLAST_CHECK(check_parents(path));
    Fd fd(::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
    if (!fd && errno == ENOENT && create == CreateRoot::yes) {
        const auto slash = path.find_last_of('/');
        if (slash != 0) BALLAST_CHECK(make_directories(path.substr(0, slash)));
        if (::mkdir(path.c_str(), 0700) != 0 && errno != EEXIST)
            return fail_errno(errno, path, "cannot create the root");
        fd = Fd(::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
    }
    if (!fd) {
        // O_NOFOLLOW with O_DIRECTORY says ENOTDIR for a symlink, as for a file.
        if (errno == ENOTDIR || errno == ELOOP) {
            return fail(ErrorCode::permission, path, "the root is a symlink or a file, not a directory",
                        k_hint);
        }
        return fail_errno(errno, path, "cannot open the root");
    }
    BALLAST_CHECK(check_ours(fd, path));
    return fd;
}

Result<Fd> open_directory_at(int parent, const std::string& name, std::string_view name_in_errors) {
    Fd fd(::openat(parent, name.c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
    if (fd) return fd;
    if (errno == ENOTDIR || errno == ELOOP) {
        return fail(ErrorCode::corrupt, name_in_errors,
                    "a symlink or a file stands where a directory belongs",
                    "somebody changed the hydrated tree: remove it, then hydrate again");
    }
    return fail_errno(errno, name_in_errors, "cannot open the directory");
}

Result<Fd> make_directory_at(int parent, const std::string& name, std::string_view name_in_errors) {
    if (::mkdirat(parent, name.c_str(), 0700) != 0 && errno != EEXIST) {
        return fail_errno(errno, name_in_errors, "cannot create the directory");
    }
    return open_directory_at(parent, name, name_in_errors);
}

}  // namespace ballast
