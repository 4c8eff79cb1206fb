#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "analyze/amount.hpp"
#include "base/result.hpp"
#include "classify/installed_packages.hpp"
#include "package/package.hpp"

namespace ballast {

// Files of a package that hold the same bytes.
struct EqualFiles {
    std::uint64_t bytes = 0;           // of each
    std::vector<std::size_t> entries;  // two or more, in the order of paths

    std::uint64_t extra_bytes() const { return bytes * (entries.size() - 1); }
};

// All sets of equal files, those that waste most first. Empty files are not looked at. Reads the files
// that have their size, and in a zip their CRC, in common with others, in parallel; equal are those of
// equal SHA-256. Errors: those of reading the package.
Result<std::vector<EqualFiles>> find_equal_files(const Package& package);

// The copies of one version of a package.
struct PackageVersion {
    std::string version;
    std::uint64_t bytes = 0;         // of all copies
    std::vector<std::string> paths;  // one a copy
};

// A package that is there more than once.
struct PackageCopies {
    Ecosystem ecosystem = Ecosystem::npm;
    std::string name;
    std::uint64_t bytes = 0;        // of all copies
    std::uint64_t extra_bytes = 0;  // of all but the largest copy
    std::size_t copies = 0;
    std::vector<PackageVersion> versions;  // in the order in which they come

    // "1.2.0, 1.3.0 (×2)"
    std::string versions_title() const;
};

// All that are there more than once, those that waste most first. REQUIRES: one amount a package.
std::vector<PackageCopies> find_copies(const std::vector<InstalledPackage>& packages,
                                       const std::vector<Amount>& amounts);

}  // namespace ballast
