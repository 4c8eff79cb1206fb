#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "compare/workbench.hpp"

namespace ballast {

// Tells a person what is being done, one line at a time.
using Say = std::function<void(const std::string&)>;

// A program of the package, and how it can be started without harm.
struct Executable {
    std::size_t entry = 0;
    std::string path;
    std::uint64_t bytes = 0;
    bool timed = false;    // one of those that are started
    std::string argument;  // "--version"; empty when none ended in time
    int status = 0;        // what it ends with
    std::string fault;     // why it is not started, though it was to be
};

struct ExecutableOptions {
    std::size_t most = 8;               // how many are started, the largest first
    std::vector<std::string> programs;  // or these, by path or file name
    std::string argument;               // with this one, instead of looking for one
    bool start = true;                  // whether to start any
};

// The ELF programs that may be executed, in path order, and for those that are to be timed the first of
// --version, -version, -V, -v, --help and -h with which they end with status 0 (or else, how they end with
// --version). Errors: usage for a named program that is not there.
Result<std::vector<Executable>> find_executables(const Workbench& bench, const ExecutableOptions& options);

}  // namespace ballast
