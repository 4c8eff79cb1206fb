#include "package/publish_directory.hpp"

#include <fcntl.h>
#include <linux/fs.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>

namespace ballast {
namespace {

bool exchange(const std::string& one, const std::string& other) {
    // By number: musl and glibc before 2.28 have no renameat2().
    return ::syscall(SYS_renameat2, AT_FDCWD, one.c_str(), AT_FDCWD, other.c_str(), RENAME_EXCHANGE) == 0;
}

// The new package is in place; what is left is to remove the old one.
Result<void> remove_old(const std::string& old, const std::string& path) {
    if (auto removed = remove_all(old); !removed) {
        Error error = std::move(removed).error();
        error.message = "the new package is in place, but the old one is left here: " + error.message;
        error.hint = "remove it by hand; " + path + " is complete";
        return tl::unexpected(std::move(error));
    }
    return {};
}

}  // namespace

Result<void> replace_directory_in_two_steps(TemporaryDirectory temporary, const std::string& path) {
    const std::string parent = containing_directory(path);
    BALLAST_TRY(TemporaryDirectory aside, TemporaryDirectory::create(parent));
    const std::string old = aside.path() + "/old";
    if (::rename(path.c_str(), old.c_str()) != 0)
        return fail_errno(errno, path, "cannot move the old one aside");
    if (::rename(temporary.path().c_str(), path.c_str()) != 0) {
        const int saved_errno = errno;
        if (::rename(old.c_str(), path.c_str()) == 0) return fail_errno(saved_errno, path, "cannot publish");
        return fail_errno(saved_errno, path,
                          "cannot publish, and what was there is now " + aside.release() + "/old");
    }
    (void)temporary.release();
    BALLAST_CHECK(sync_directory(parent));
    return remove_old(old, path);
}

Result<void> publish_directory(TemporaryDirectory temporary, const std::string& path) {
    // rename(2) takes an absent name, and an empty directory's, in one step.
    if (::rename(temporary.path().c_str(), path.c_str()) == 0) {
        (void)temporary.release();
        return sync_directory(containing_directory(path));
    }
    if (errno != ENOTEMPTY && errno != EEXIST) return fail_errno(errno, path, "cannot publish");
    if (exchange(temporary.path(), path)) {
        BALLAST_CHECK(sync_directory(containing_directory(path)));
        return remove_old(temporary.path(), path);
    }
    if (errno == ENOSYS || errno == EINVAL || errno == EPERM) {
        return replace_directory_in_two_steps(std::move(temporary), path);
    }
    return fail_errno(errno, path, "cannot publish");
}

}  // namespace ballast
