#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <span>

#include "base/result.hpp"

namespace ballast {

// One frame's compressed bytes, not yet verified.
struct FetchedFrame {
    std::size_t needed = 0;      // index into the needed frames
    std::span<std::byte> bytes;  // valid until the reader's next call
};

// How frames are brought; no caller has to say any of it.
struct FetchSettings {
    unsigned threads = 0;                      // that decode; 0: as many as there are cores, at most 4
    std::uint64_t range_bytes = 0;             // what one request asks for at most; 0: planned by size
    std::uint64_t max_gap_bytes = 64U << 10U;  // unneeded bytes worth fetching to save a request
    bool second_requests = true;               // for ranges that are much slower than their siblings
    // What tells a slow request; a test has a clock of its own.
    std::function<std::chrono::steady_clock::time_point()> now = &std::chrono::steady_clock::now;
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

}  // namespace ballast
