#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "simulate/prices.hpp"
#include "simulate/rules.hpp"
#include "simulate/tally.hpp"

namespace ballast {

// Of lengths of time, in milliseconds; quantiles are exact to 0.4 %.
struct Spread {
    std::uint64_t count = 0;
    double mean_ms = 0;
    double p50_ms = 0;
    double p90_ms = 0;
    double p99_ms = 0;
    double p999_ms = 0;
    double most_ms = 0;
};

// US dollars, for the length of the log.
struct Money {
    double requests = 0;
    double compute = 0;      // on demand, init and pings included
    double init = 0;         // the part of compute that is init
    double pings = 0;        // the part of compute that is pings
    double provisioned = 0;  // configured and used
    double tmp = 0;          // of /tmp above 512 MB
    double other = 0;        // what the strategy says: a cold start, a month
    double total = 0;        // without init and pings, which are parts
    double a_month = 0;      // total for 30 days at the log's rate
};

struct Hour : HourCounts {
    std::int64_t begin_us = 0;
    std::int64_t covered_us = 0;  // by the log, which begins and ends within an hour
    double mean_alive = 0;
};

// One simulation's outcome.
struct Outcome : Counts {
    std::string name;
    Rules rules = {};
    double mean_alive = 0;  // provisioned ones included
    Spread latency = {};    // of served requests: wait and duration
    Spread wait = {};       // of cold starts
    Money money = {};
    std::vector<Hour> hours = {};  // those of the log, without gaps

    double cold_share() const {
        return requests == 0 ? 0 : static_cast<double>(cold) / static_cast<double>(requests);
    }
};

Spread spread_of(const Histogram& histogram);

// What counts mean over the time from first_us to last_us, of `functions` functions of `memory_mb` megabytes.
struct OutcomeInput {
    std::int64_t first_us = 0;
    std::int64_t last_us = 0;
    std::uint32_t functions = 1;
    std::uint16_t memory_mb = 128;
    Architecture architecture = Architecture::x86;
};
Outcome outcome_of(std::string name, const Rules& rules, const Tally& tally, const OutcomeInput& input);

}  // namespace ballast
