#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <vector>

#include "base/result.hpp"
#include "format/manifest.hpp"
#include "hydrate/selection.hpp"
#include "store/store.hpp"

namespace ballast {

// What a hydration did, summed over threads where it is a time.
struct PipelineCounts {
    std::uint64_t requests = 0;
    std::uint64_t fetched_bytes = 0;
    std::uint64_t decoded_bytes = 0;
    std::chrono::nanoseconds fetch{0};
    std::chrono::nanoseconds decode{0};  // verify and decode
    std::chrono::nanoseconds write{0};   // waiting for the writer's turn included
};

struct PipelineSettings {
    unsigned threads = 0;                      // 0: as many as there are cores, at most 4
    std::uint64_t range_bytes = 2U << 20U;     // what one request asks for at most (one frame at least)
    std::uint64_t max_gap_bytes = 64U << 10U;  // unneeded bytes worth fetching to save a request
};

// Fetches the needed frames in ranges, verifies and decodes each, and hands it to `write`. Memory is
// bounded by threads × (range_bytes + one compressed + one decoded frame), whatever the tree's size.
// `frames` are indices into selection.frames, in order. `write` is called from several threads.
// Errors: those of the store and of `write`; corrupt for a frame that does not have its digest.
using WriteFrame = std::function<Result<void>(const NeededFrame& frame, std::span<const std::byte> decoded)>;
Result<PipelineCounts> run_pipeline(Store& store, const Manifest& manifest,
                                    const std::vector<NeededFrame>& frames, const PipelineSettings& settings,
                                    const WriteFrame& write);

}  // namespace ballast
