#pragma once

#include <cstdint>

#include "base/result.hpp"
#include "package/package.hpp"

namespace ballast {

// About how many bytes a zip of the package would have, with deflate at its usual level 6.
//
// To deflate 250 MB takes 8 s; so 256 blocks of 4 KiB are deflated, evenly spread over all bytes when
// files are ordered by their kind, and their mean ratio is taken for the whole. (A block's chance to be
// drawn is proportional to its bytes, so that the mean is not biased; the 32 KiB before a block are given
// to deflate as what it has seen, without which the result came out 5 to 15 % too high. Larger blocks
// were no better for the same time.) On nine real trees the result was within 4 % of the truth
// (docs/analyze.md). Up to 1 MiB all is deflated. To this come the headers that each entry costs, without
// the extra fields that some tools add.
//
// The same package gives the same number. Uses two threads. Errors: those of reading the package.
Result<std::uint64_t> estimate_zip_bytes(const Package& package);

}  // namespace ballast
