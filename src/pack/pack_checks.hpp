#pragma once

#include <string>

#include "base/result.hpp"

// What would make packing fail at its end is looked for before it begins: compressing takes minutes.

namespace ballast {

// `out` can be written: it is not inside the package, whose next version would then hold this one's slim
// package; what is there may be replaced. Errors: usage; those of writing.
Result<void> check_slim_target(const std::string& package_path, const std::string& out);

// The program that goes into the slim package is one.
// Errors: those of reading; usage when it is not an ELF executable.
Result<void> check_run_program(const std::string& path);

}  // namespace ballast
