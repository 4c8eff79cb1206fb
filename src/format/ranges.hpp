#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "format/manifest.hpp"
#include "format/selection.hpp"

namespace ballast {

// Neighbouring frames of one pack that one request brings: needed[first, last).
struct FrameRange {
    std::size_t first = 0;
    std::size_t last = 0;
    std::uint64_t offset = 0;  // in the pack
    std::uint64_t bytes = 0;
};

// Cuts the needed frames into ranges of at most `range_bytes` (one frame at least). Unneeded bytes between
// two frames, up to `max_gap_bytes`, are fetched rather than asked around.
std::vector<FrameRange> plan_ranges(const Manifest& manifest, const std::vector<NeededFrame>& needed,
                                    std::uint64_t range_bytes, std::uint64_t max_gap_bytes);

}  // namespace ballast
