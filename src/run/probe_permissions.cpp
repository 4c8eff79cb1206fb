#include "run/probe_permissions.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <linux/io_uring.h>
#include <sched.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

namespace ballast {
namespace {

using State = Finding::State;

// How it went in a child that ended by it: "" when it was allowed.
template <typename Try>
std::string why_not(Try attempt) {
    const pid_t child = ::fork();
    if (child < 0) return fmt::format("cannot fork: {}", std::strerror(errno));
    if (child == 0) ::_exit(attempt() ? 0 : (errno != 0 ? errno : EINVAL));
    int status = 0;
    while (::waitpid(child, &status, 0) < 0 && errno == EINTR) {
    }
    if (WIFSIGNALED(status)) return fmt::format("killed by signal {}", WTERMSIG(status));
    return WEXITSTATUS(status) == 0 ? std::string() : std::strerror(WEXITSTATUS(status));
}

template <typename Try>
Finding probe(const char* what, const char* therefore, Try attempt) {
    const std::string refusal = why_not(attempt);
    if (refusal.empty()) return {what, State::good, "allowed", therefore};
    return {what, State::lacking, refusal, therefore};
}

}  // namespace

Findings look_at_permissions() {
    constexpr const char* k_unused = "not used";
    return {
        probe("io_uring", k_unused,
              [] {
                  io_uring_params parameters = {};
                  return ::syscall(SYS_io_uring_setup, 1, &parameters) >= 0;
              }),
        probe("userfaultfd", k_unused,
              [] {
                  constexpr int k_user_mode_only = 1;
                  return ::syscall(SYS_userfaultfd, O_CLOEXEC | k_user_mode_only) >= 0;
              }),
        probe("ptrace", k_unused, [] { return ::ptrace(PTRACE_TRACEME, 0, nullptr, nullptr) == 0; }),
        probe("user namespaces", k_unused, [] { return ::unshare(CLONE_NEWUSER) == 0; }),
        probe("no_new_privs", k_unused, [] { return ::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0; }),
        probe("FUSE", k_unused, [] { return ::open("/dev/fuse", O_RDWR | O_CLOEXEC) >= 0; }),
        probe("/dev/shm", "locks are flock's, on files of the root",
              [] {
                  // As shm_open and POSIX semaphores do.
                  const char* name = "/dev/shm/ballast-doctor";
                  const int fd = ::open(name, O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
                  if (fd >= 0) ::unlink(name);
                  return fd >= 0;
              }),
    };
}

}  // namespace ballast
