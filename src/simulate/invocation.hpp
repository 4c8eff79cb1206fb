#pragma once

#include <cstdint>
#include <span>

#include "base/result.hpp"

namespace ballast {

// Whether a log says that an invocation was a cold start.
enum class Truth : std::uint8_t { unknown, warm, cold };

// One request to one function. Times are microseconds, since the Unix epoch or since the log's own zero:
// whole numbers, so that a simulation is exact and equal on every machine.
struct Invocation {
    std::int64_t start_us = 0;     // when the request arrived
    std::int64_t duration_us = 0;  // of the handler, without init
    std::uint32_t init_us = 0;     // as recorded; 0 when it was warm, or not known
    std::uint32_t function = 0;    // an index: contexts are never shared between functions
    std::uint16_t memory_mb = 0;   // 0 when not known
    Truth truth = Truth::unknown;
};

inline constexpr std::int64_t k_second_us = 1'000'000;
inline constexpr std::int64_t k_minute_us = 60 * k_second_us;
inline constexpr std::int64_t k_hour_us = 60 * k_minute_us;
inline constexpr std::int64_t k_day_us = 24 * k_hour_us;

// Later than any time that a simulation adds up to: "never".
inline constexpr std::int64_t k_never_us = INT64_MAX / 4;

// What parsers and models promise: starts lie between the years 1684 and 2255, durations are not longer.
inline constexpr std::int64_t k_most_time_us = std::int64_t{1} << 53;
inline constexpr std::int64_t k_most_duration_us = 30 * k_day_us;

// What a log says about itself, apart from its invocations. Complete once the log has been read.
struct LogFacts {
    std::uint64_t bytes = 0;         // uncompressed
    std::uint64_t skipped = 0;       // records that are no invocation: failures, other kinds
    std::uint64_t failed_inits = 0;  // inits over the limit, or that failed: cold starts without an init time
    std::uint32_t functions = 1;
    bool dated = false;  // times are dates, not seconds since the log's own zero
};

// Where invocations come from, a block at a time. Not thread-safe.
class InvocationSource {
  public:
    virtual ~InvocationSource() = default;

    // The next ones, valid until the next call; empty at the end. Of each function in order of their starts.
    // Errors: corrupt, naming file and line; those of reading.
    virtual Result<std::span<const Invocation>> next() = 0;

    virtual LogFacts facts() const = 0;
};

}  // namespace ballast
