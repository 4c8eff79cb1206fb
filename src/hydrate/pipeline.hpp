#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <vector>

#include "base/result.hpp"
#include "format/manifest.hpp"
#include "format/selection.hpp"
#include "hydrate/fetch.hpp"
#include "store/object_source.hpp"

namespace ballast {

// What a hydration did, summed over threads where it is a time.
struct PipelineCounts {
    std::uint64_t requests = 0;         // all that the store was asked
    std::uint64_t retries = 0;          // of these, after a failure
    std::uint64_t second_requests = 0;  // of these, beside one that was slow
    std::uint64_t fetched_bytes = 0;
    std::uint64_t decoded_bytes = 0;
    std::chrono::nanoseconds fetch{0};
    std::chrono::nanoseconds decode{0};  // verify and decode
    std::chrono::nanoseconds write{0};   // waiting for the writer's turn included
};

using Deadline = std::chrono::steady_clock::time_point;

// Fetches the needed frames in ranges, verifies and decodes each, and hands it to `write`. Memory is
// bounded whatever the tree's size: k_fetch_budget_bytes, or a range a thread where the store is read
// directly, and one compressed and one decoded frame a thread. A frame whose bytes are not those that the
// manifest pins is fetched again, twice at most, since a network may damage what a store holds whole.
// `frames` are indices into the manifest's frames, in order. `write` is called from several threads.
// Errors: those of the store and of `write`; unavailable past the deadline; corrupt for a frame that does not
// have its digest.
using WriteFrame = std::function<Result<void>(const NeededFrame& frame, std::span<const std::byte> decoded)>;
Result<PipelineCounts> run_pipeline(ObjectSource& source, const Manifest& manifest,
                                    const std::vector<NeededFrame>& frames, const FetchSettings& settings,
                                    Deadline deadline, const WriteFrame& write);

}  // namespace ballast
