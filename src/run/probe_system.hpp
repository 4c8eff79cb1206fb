#pragma once

#include "run/finding.hpp"

namespace ballast {

// Kernel, C library, user, cores, memory, and whether this is Lambda.
Findings look_at_system();

// Whether the package is there and read-only.
Finding look_at_package(const std::string& directory);

}  // namespace ballast
