#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "compare/executables.hpp"
#include "compare/launch.hpp"
#include "compare/workbench.hpp"

namespace ballast {

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

    const PackedFile* find(
        const std::string& path) const;  // nullptr for what the tool had nothing to do with
};

// Errors: those of the disk; interrupted. What the tool refuses is a fact, not an error.
Result<PackedPackage> pack_executables(const Workbench& bench, const std::vector<Executable>& executables,
                                       Packer packer, const std::string& tool, unsigned rounds,
                                       bool sum_of_named);

}  // namespace ballast
