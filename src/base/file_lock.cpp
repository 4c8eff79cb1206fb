#include "base/file_lock.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>

#include <cerrno>
#include <thread>

#include "base/interrupt.hpp"

namespace ballast {

Result<FileLock> FileLock::acquire(int directory_fd, const std::string& name, std::string_view name_in_errors,
                                   Mode mode, Wait wait, Deadline deadline) {
    constexpr auto k_poll = std::chrono::milliseconds(5);
    const bool polls = wait == Wait::yes && deadline != Deadline::max();
    const bool blocks = wait == Wait::yes && !polls;
    const int operation = (mode == Mode::shared ? LOCK_SH : LOCK_EX) | (blocks ? 0 : LOCK_NB);
    for (;;) {
        Fd fd(::openat(directory_fd, name.c_str(), O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0600));
        if (!fd) return fail_errno(errno, name_in_errors, "cannot open the lock");
        while (::flock(fd.value(), operation) != 0) {
            if (errno == EWOULDBLOCK && !polls) return FileLock();
            if (errno != EINTR && errno != EWOULDBLOCK)
                return fail_errno(errno, name_in_errors, "cannot lock");
            BALLAST_CHECK(check_interrupt(name_in_errors));
            if (!polls) continue;
            if (std::chrono::steady_clock::now() >= deadline) {
                return fail(ErrorCode::unavailable, name_in_errors,
                            "the deadline passed while another process held the lock");
            }
            std::this_thread::sleep_for(k_poll);
        }
        struct stat held = {};
        struct stat named = {};
        if (::fstat(fd.value(), &held) != 0) return fail_errno(errno, name_in_errors, "cannot stat the lock");
        if (::fstatat(directory_fd, name.c_str(), &named, AT_SYMLINK_NOFOLLOW) == 0 &&
            held.st_dev == named.st_dev && held.st_ino == named.st_ino) {
            FileLock lock;
            lock.m_fd = std::move(fd);
            return lock;
        }
    }
}

Result<void> FileLock::keep_across_exec() {
    if (::fcntl(m_fd.value(), F_SETFD, 0) != 0) return fail_errno(errno, "lock", "cannot keep across exec");
    return {};
}

}  // namespace ballast
