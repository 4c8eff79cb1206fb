#include "package/beneath.hpp"

#include <fcntl.h>
#include <linux/openat2.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>

namespace ballast {

Fd open_beneath_by_components(int root_fd, std::string_view path, int flags) {
    Fd directory;
    for (;;) {
        const int at = directory ? directory.value() : root_fd;
        const auto slash = path.find('/');
        const std::string component(path.empty() ? "." : path.substr(0, slash));
        const bool is_last = slash == std::string_view::npos;
        const int how = is_last ? flags : O_PATH | O_DIRECTORY;
        Fd next(::openat(at, component.c_str(), how | O_NOFOLLOW | O_CLOEXEC));
        if (!next || is_last) {
            const int saved_errno = errno;
            directory.reset();
            errno = saved_errno;
            return next;
        }
        directory = std::move(next);
        path.remove_prefix(slash + 1);
    }
}

Fd open_beneath(int root_fd, const std::string& path, int flags) {
    struct open_how how = {};
    how.flags = static_cast<unsigned>(flags | O_NOFOLLOW | O_CLOEXEC);
    how.resolve = RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS;
    const char* name = path.empty() ? "." : path.c_str();
    Fd fd(static_cast<int>(::syscall(SYS_openat2, root_fd, name, &how, sizeof how)));
    if (fd || (errno != ENOSYS && errno != EPERM)) return fd;
    return open_beneath_by_components(root_fd, path, flags);
}

}  // namespace ballast
