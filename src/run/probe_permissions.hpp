#pragma once

#include "run/finding.hpp"

namespace ballast {

// What the platform lets a process do: io_uring, userfaultfd, ptrace, user namespaces, PR_SET_NO_NEW_PRIVS,
// FUSE, /dev/shm. Each is tried in a child, so that nothing of it stays, and a seccomp filter that kills is
// survived. REQUIRES: no other threads.
Findings look_at_permissions();

}  // namespace ballast
