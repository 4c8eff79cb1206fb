#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "package/package.hpp"

namespace ballast {

// About what a zip of the package would take, with deflate at its usual level 6.
struct ZipEstimate {
    std::uint64_t bytes = 0;  // of the zip
    std::vector<std::uint64_t> file_bytes =
        {};  // of each entry's compressed bytes; they and headers are `bytes`
};

// To deflate 250 MB takes 8 s; so 256 blocks of 4 KiB are deflated, evenly spread over all bytes when
// files are ordered by their kind, and their mean ratio is taken for the whole. (A block's chance to be
// drawn is proportional to its bytes, so that the mean is not biased; the 32 KiB before a block are given
// to deflate as what it has seen, without which the result came out 5 to 15 % too high. Larger blocks
// were no better for the same time.) On nine real trees the result was within 4 % of the truth
// (docs/analyze.md). Up to 1 MiB all is deflated. To this come the headers that each entry costs, without
// the extra fields that some tools add.
//
// A file's part follows the ratio of its kind, which is its extension: of the blocks drawn in it, or, of
// the largest 48 kinds in which none was drawn, of one more block; rarer ones have the mean of all.
//
// The same package gives the same numbers. Uses two threads. Errors: those of reading the package.
Result<ZipEstimate> estimate_zip(const Package& package);

// What sorts files that compress alike together: ".so" of "libz.so.1", ".js" of "a.js" and "B.JS"; "" for
// none.
std::string kind_of_name(std::string_view path);

// What the headers of a zip's entries and its end take, without extra fields.
std::uint64_t zip_headers_bytes(const std::vector<Entry>& entries);

}  // namespace ballast
