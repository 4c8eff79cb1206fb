#pragma once

#include <string>
#include <vector>

#include "base/result.hpp"

namespace ballast {

struct CommandOutput {
    int status = 0;    // exit status; 128 + signal when it was killed
    std::string text;  // standard output, at most 16 MiB
};

// Runs a program found on PATH, without a shell, its standard input and error at /dev/null.
// Errors: not_found when there is no such program; see fail_errno.
Result<CommandOutput> run_command(const std::vector<std::string>& arguments);

}  // namespace ballast
