#pragma once

#include "run/finding.hpp"

namespace ballast {

// Kernel, C library, user, cores, memory, and whether this is Lambda.
Findings look_at_system();

// What the platform lets a process do: io_uring, userfaultfd, ptrace, user namespaces, PR_SET_NO_NEW_PRIVS,
// FUSE, /dev/shm. Each is tried in a child, so that nothing of it stays, and a seccomp filter that kills is
// survived. REQUIRES: no other threads.
Findings look_at_permissions();

// Whether the package is there and read-only.
Finding look_at_package(const std::string& directory);

}  // namespace ballast
