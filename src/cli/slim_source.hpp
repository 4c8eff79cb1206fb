#pragma once

#include <string>

#include "base/result.hpp"
#include "hydrate/slim.hpp"

namespace ballast {

// Opens a slim package that is a directory or a zip. Errors: as open_slim_directory and open_package.
Result<Slim> open_slim_package(const std::string& path);

}  // namespace ballast
