#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "classify/inventory.hpp"
#include "format/lock.hpp"
#include "pack/plan.hpp"
#include "package/package.hpp"

namespace ballast {

// Directories of the tree that programs are searched in: those with an ELF program, or an executable
// file in a directory named bin or sbin. In path order; "." is the top.
std::vector<std::string> program_directories(const Inventory& inventory, const Plan& plan);

// Directories of the tree with a library that some ELF file of the package needs by name. Plug-ins are
// not among them: their programs find them by other means, and their names may clash.
std::vector<std::string> library_directories(const Inventory& inventory, const Plan& plan);

// Errors: usage when the package has a file of a name that a slim package needs for itself.
Result<void> check_own_names(const Package& package);

// What AWS_LAMBDA_EXEC_WRAPPER names. A script: a link to ballast-run would be copied by the tools that zip a
// package, 8 MB more of it, and a second program would be no smaller. It costs the start of one sh.
inline constexpr std::string_view k_wrapper_script =
    "#!/bin/sh\n"
    "# For a managed runtime: AWS_LAMBDA_EXEC_WRAPPER=/var/task/ballast-wrapper\n"
    "exec \"${0%/*}/ballast-run\" wrapper -- \"$@\"\n";

// What a ballast-run to be deployed may have.
inline constexpr std::uint64_t k_max_run_program_bytes = 64U << 20U;

// Writes the slim package: what stays, the lock, the manifest, and ballast-run with its wrapper, which a
// layer brings when there is no `run_program`. `out` is a directory, or a zip when its name ends in ".zip";
// it appears whole or not at all, and replaces only a slim package. Errors: those of check_own_names(), of
// the package and the disk.
Result<void> write_slim_package(const Package& package, const Plan& plan, const Lock& lock,
                                std::string_view manifest, const std::optional<std::string>& run_program,
                                const std::string& out);

}  // namespace ballast
