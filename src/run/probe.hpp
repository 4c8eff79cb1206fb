#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/result.hpp"

// What `doctor` looks at in the system. Nothing here changes this process or leaves anything behind.

namespace ballast {

struct Finding {
    enum class State : std::uint8_t {
        good,
        lacking,  // not there, and hydration does without
        missing,  // hydration needs it: `error` says what to do
    };
    std::string what;
    State state = State::good;
    std::string found;
    std::string therefore = {};  // what Ballast does about it; "" where that is nothing
    Error error = {};
};
using Findings = std::vector<Finding>;

// Kernel, C library, user, cores, memory, and whether this is Lambda.
Findings look_at_system();

// What the platform lets a process do: io_uring, userfaultfd, ptrace, user namespaces, PR_SET_NO_NEW_PRIVS,
// FUSE, /dev/shm. Each is tried in a child, so that nothing of it stays, and a seccomp filter that kills is
// survived. REQUIRES: no other threads.
Findings look_at_permissions();

// Whether the package is there and read-only.
Finding look_at_package(const std::string& directory);

// Whether a tree can be written to the root, published in it, and run out of it: owner, file system, flock,
// rename, links, execution. A root that is not there is made and removed again. `needed_bytes`: 0 when the
// tree is there.
Findings look_at_root(const std::string& root, std::uint64_t needed_bytes);

}  // namespace ballast
