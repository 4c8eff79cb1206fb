#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "format/entry.hpp"
#include "package/package.hpp"
#include "package/zip/zip_directory.hpp"

namespace ballast {

// The entries that the records of a zip's directory make, as far as the directory alone tells.
struct ZipTree {
    static constexpr std::size_t k_implied = ~std::size_t{0};

    std::vector<Entry> entries;        // as Package::entries(); symlinks still without their target
    std::vector<std::size_t> records;  // the index of each entry's record; k_implied for a directory
                                       // that only the paths below it show (mode 0755)
};

// Checks each record on its own and all of them together, without reading any entry's bytes.
//
// Modes come from records whose host is Unix or OS X; others, and those without a mode, are files of
// 0644 and directories of 0755. Names are bytes, whatever encoding a record claims. A backslash is a
// byte like any other in a zip made on Unix, and refused in one made on Windows, where it stands for a
// '/': Linux would make files with odd names of it, and turning it into '/' would guess.
//
// REQUIRES: locate_zip_entries() held, so that compressed sizes are real.
// Errors, all corrupt: paths that are not relative and clean, encryption, methods other than stored and
// deflated, modes of devices, set-uid files and the like, names that appear twice, entries below a
// file or a symlink, and sizes over the limits or beyond what compression can honestly do.
Result<ZipTree> make_zip_tree(const std::vector<ZipRecord>& records, const std::string& archive,
                              const PackageLimits& limits);

// Checks the symlinks of a tree whose targets are filled in. Errors: corrupt for one that leads out of
// the package, through others or not, or in circles.
Result<void> check_zip_links(const std::vector<Entry>& entries, const std::string& archive);

}  // namespace ballast
