#pragma once

#include <string_view>

#include "base/fault.hpp"

namespace ballast {

// Whether a path can be a root, the directory in which contexts hydrate: absolute, not the file system's
// top, without "." and "..", and without ':', at which PATH and LD_LIBRARY_PATH are split.
std::optional<Fault> root_fault(std::string_view path);

}  // namespace ballast
