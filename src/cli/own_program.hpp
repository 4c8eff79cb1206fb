#pragma once

#include <string>

#include "base/result.hpp"

namespace ballast {

// The ballast-run to deploy: the one named, else the one beside this program, as built and as installed.
// Errors: not_found.
Result<std::string> find_run_program(const std::string& named);

}  // namespace ballast
