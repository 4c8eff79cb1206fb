#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "compare/launch.hpp"
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
    std::size_t most = 8;               // so many, the largest first, are started
    std::vector<std::string> programs;  // or these, by path or file name
    std::string argument;               // with this one, instead of looking for one
    bool start = true;                  // whether to start any
};

// The ELF programs that may be executed, in path order, and for those that are to be timed the first of
// --version, -version, -V, -v, --help and -h with which they end with status 0 (or else, how they end with
// --version). Errors: usage for a named program that is not there.
Result<std::vector<Executable>> find_executables(const Workbench& bench, const ExecutableOptions& options);

// What makes a program smaller, or is said to.
enum class Packer : std::uint8_t { strip, upx, gzexe };
inline constexpr std::array k_packers = {Packer::strip, Packer::upx, Packer::gzexe};
std::string_view packer_name(Packer packer);

struct PackedFile {
    std::string path;
    std::uint64_t before = 0;
    std::uint64_t after = 0;
    std::string refused;                // why the tool left it as it was; empty when it did not
    std::optional<PairedStarts> start;  // of those that are timed
    std::string fault;                  // why it does not start any more; empty when it does
};

// What one of them makes of all programs (strip: and libraries) of a package.
struct PackedPackage {
    std::string tool;  // where it is; "" when it is not installed, and then nothing else is known
    std::string tree;  // the changed package, in the workbench
    std::uint64_t package_bytes = 0;
    std::vector<PackedFile> files;
    // What starting a program takes longer: the mean of those timed, or of the named ones the sum, since one
    // invocation is taken to start each.
    std::optional<double> added_ms;
    std::vector<std::string> faults;  // "bin/a: why": programs that started before, and do not any more
};

// Errors: those of the disk; interrupted. What the tool refuses is a fact, not an error.
Result<PackedPackage> pack_executables(const Workbench& bench, const std::vector<Executable>& executables,
                                       Packer packer, const std::string& tool, unsigned rounds,
                                       bool sum_of_named);

}  // namespace ballast
