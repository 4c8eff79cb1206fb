#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "base/result.hpp"
#include "format/manifest.hpp"
#include "format/selection.hpp"
#include "store/store.hpp"

namespace ballast {

// One frame's compressed bytes, not yet verified.
struct FetchedFrame {
    std::size_t needed = 0;      // index into the needed frames
    std::span<std::byte> bytes;  // valid until the reader's next call
};

struct FetchSettings {
    std::uint64_t range_bytes = 0;             // what one request asks for at most; 0: planned by size
    std::uint64_t max_gap_bytes = 64U << 10U;  // unneeded bytes worth fetching to save a request
    bool second_requests = true;               // for ranges that are much slower than their siblings
};

struct FetchCounts {
    std::uint64_t requests = 0;
    std::uint64_t second_requests = 0;
    std::chrono::nanoseconds time{0};  // of all readers
};

// One worker's way to the frames. Belongs to one thread.
class FrameReader {
  public:
    FrameReader() = default;
    FrameReader(const FrameReader&) = delete;
    FrameReader& operator=(const FrameReader&) = delete;
    virtual ~FrameReader() = default;

    // The next frame that no other reader has. False: all are taken. Blocks. Errors: those of the store.
    virtual Result<bool> next(FetchedFrame& frame) = 0;
};

// Brings each needed frame once, to whichever reader asks. Thread-safe; outlives its readers.
class FrameFetch {
  public:
    FrameFetch() = default;
    FrameFetch(const FrameFetch&) = delete;
    FrameFetch& operator=(const FrameFetch&) = delete;
    virtual ~FrameFetch() = default;

    virtual std::unique_ptr<FrameReader> reader() = 0;

    // Every reader comes to its end soon: something else failed.
    virtual void stop() = 0;

    // REQUIRES: no reader is at work any more.
    virtual FetchCounts counts() = 0;
};

// For a store that the workers read best by themselves, each its own ranges.
std::unique_ptr<FrameFetch> make_direct_fetch(Store& store, const Manifest& manifest,
                                              const std::vector<NeededFrame>& needed,
                                              const FetchSettings& settings);

// For a store that is far away: store.fetch_concurrency() threads, each with a range at a time, hand frames
// over as they are whole. At most k_fetch_budget_bytes of frames wait or are under way.
//
// A thread that has no range left to begin looks for one whose current frame takes longer than three
// times what 95 % of all frames took (200 ms at least), and asks for the rest of it a second time, over
// another connection; once more when that one is late too, since of many hydrations one meets two slow
// requests in a row. Whoever completes a frame first delivers it, and who finds himself behind gives up. In
// all, one request beside for ten ranges, and four at least: the most that a slow store is burdened with.
// docs/benchmarks.md shows what that buys.
inline constexpr std::uint64_t k_fetch_budget_bytes = 16U << 20U;
std::unique_ptr<FrameFetch> make_concurrent_fetch(Store& store, const Manifest& manifest,
                                                  const std::vector<NeededFrame>& needed,
                                                  const FetchSettings& settings);

}  // namespace ballast
