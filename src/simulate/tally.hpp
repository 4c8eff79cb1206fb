#pragma once

#include <cstdint>
#include <map>

#include "simulate/histogram.hpp"
#include "simulate/invocation.hpp"

namespace ballast {

// What is counted of one hour of the log.
struct HourCounts {
    std::uint64_t requests = 0;
    std::uint64_t cold = 0;
    std::uint64_t rejected = 0;
    std::uint64_t most_alive = 0;  // of several functions: the sum of their peaks, an upper bound
};

struct HourTally : HourCounts {
    std::int64_t alive_us = 0;     // the parts of contexts' lives that do not fill the hour
    std::int64_t whole_lives = 0;  // change, at this hour's beginning, of how many live through the hour
};

// What is counted of a whole log.
struct Counts {
    std::uint64_t requests = 0;       // without pings
    std::uint64_t cold = 0;           // requests that waited for a context
    std::uint64_t rejected = 0;       // over the limit of concurrency
    std::uint64_t init_overruns = 0;  // cold starts whose init was cut off and run again
    std::uint64_t timeouts = 0;       // of those, that then ran into the function's timeout
    std::uint64_t pings = 0;
    std::uint64_t cold_pings = 0;
    std::uint64_t contexts_made = 0;  // on demand
    std::uint64_t most_alive = 0;     // of one function
};

// What a simulation counts. Sums of money's inputs are doubles: they pass 64 bits in long logs.
struct Tally : Counts {
    double billed_ms = 0;
    double billed_mb_ms = 0;                       // on demand: duration and init, pings too
    double provisioned_mb_ms = 0;                  // duration on provisioned contexts
    double init_mb_ms = 0;                         // of billed_mb_ms, init
    double ping_mb_ms = 0;                         // of billed_mb_ms, pings
    double alive_us = 0;                           // sum of the lives of contexts made on demand
    Histogram latency = {};                        // of requests that were served: wait and duration
    Histogram wait = {};                           // of cold starts
    std::map<std::int64_t, HourTally> hours = {};  // by hours since time 0

    HourTally& hour_at(std::int64_t time_us) { return hours[hour_of(time_us)]; }

    // Rounded down, also before time 0.
    static std::int64_t hour_of(std::int64_t time_us) {
        return (time_us - (time_us < 0 ? k_hour_us - 1 : 0)) / k_hour_us;
    }

    // A context lived from `born_us` to `died_us`.
    void add_life(std::int64_t born_us, std::int64_t died_us) {
        if (died_us <= born_us) return;
        alive_us += static_cast<double>(died_us - born_us);
        const std::int64_t first = hour_of(born_us);
        const std::int64_t last = hour_of(died_us);
        if (first == last) {
            hours[first].alive_us += died_us - born_us;
            return;
        }
        hours[first].alive_us += (first + 1) * k_hour_us - born_us;
        hours[first + 1].whole_lives += 1;
        hours[last].whole_lives -= 1;
        hours[last].alive_us += died_us - last * k_hour_us;
    }
};

}  // namespace ballast
