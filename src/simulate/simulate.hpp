#pragma once

#include <cstdint>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "base/table.hpp"
#include "simulate/compared.hpp"
#include "simulate/curves.hpp"
#include "simulate/prices.hpp"
#include "simulate/rules.hpp"
#include "simulate/source.hpp"

namespace ballast {

struct SimulateOptions {
    Platform platform = {};
    std::vector<Strategy> strategies = {
        Strategy{.name = "as is"}};  // at least one; what would help is tried on the first
    std::uint16_t memory_mb = 128;   // where the log does not say; Lambda's own default
    // Of a cold start where nothing is recorded, as in a model or before a log's first: what "as recorded"
    // means.
    Distribution init = Distribution::fixed(0);
    Architecture architecture = Architecture::x86;
    std::uint64_t seed = 1;
    // What would help: contexts kept provisioned, and pings.
    std::vector<std::uint32_t> provisioned = {1, 2, 5, 10};
    std::vector<std::uint32_t> pings = {1, 2, 5};  // at once
    std::int64_t ping_every_us = 5 * k_minute_us;
    bool curves = false;  // as much work as 20 strategies more
};

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

struct Hour {
    std::int64_t begin_us = 0;
    std::uint64_t requests = 0;
    std::uint64_t cold = 0;
    std::uint64_t rejected = 0;
    double mean_alive = 0;
    std::uint64_t most_alive = 0;  // of several functions: the sum of their peaks, an upper bound
};

// One simulation's outcome.
struct Outcome {
    std::string name;
    Rules rules = {};
    std::uint64_t requests = 0;
    std::uint64_t cold = 0;
    std::uint64_t rejected = 0;
    std::uint64_t init_overruns = 0;
    std::uint64_t timeouts = 0;
    std::uint64_t pings = 0;
    std::uint64_t cold_pings = 0;
    std::uint64_t contexts_made = 0;  // on demand
    double mean_alive = 0;            // provisioned ones included
    std::uint64_t most_alive = 0;     // of one function
    Spread latency = {};              // of served requests: wait and duration
    Spread wait = {};                 // of cold starts
    Money money = {};
    std::vector<Hour> hours = {};  // those of the log, without gaps

    double cold_share() const {
        return requests == 0 ? 0 : static_cast<double>(cold) / static_cast<double>(requests);
    }
};

// What the log says happened.
struct LogTruth {
    std::uint64_t known = 0;  // invocations of which it says whether they were cold
    std::uint64_t cold = 0;
    std::uint64_t failed_inits = 0;  // cold starts without an init time
    Spread init = {};
    std::vector<std::uint64_t> cold_by_hour = {};  // as Outcome::hours
};

struct Simulation {
    std::string input = {};   // as the user named it
    std::string format = {};  // of the log; "model"
    std::uint64_t invocations = 0;
    LogFacts facts = {};
    std::int64_t first_us = 0;
    std::int64_t last_us = 0;
    std::uint16_t memory_mb = 0;  // the largest that the log says, or the option's
    SimulateOptions options = {};
    LogTruth truth = {};
    std::vector<Outcome> strategies = {};
    std::vector<LeftOut> left_out = {};     // of a comparison; whoever reads it fills this
    std::vector<Outcome> provisioned = {};  // the first strategy with contexts kept
    std::vector<Outcome> pings = {};        // the first strategy with pings

    std::optional<Curves> curves = {};

    double seconds() const { return static_cast<double>(last_us - first_us) / 1e6; }
};

// Reads the source once, feeding all simulations. Reproducible: the same source, options and seed give the
// same. Errors: those of the source; corrupt when it spans more than ten years; usage when it is empty.
Result<Simulation> simulate(InvocationSource& source, const SimulateOptions& options);

// For people. Ends in '\n'.
enum class HourRows : std::uint8_t { some, all };
std::string simulation_text(const Simulation& simulation, HourRows hours, Colours colours);

// For programs; docs/simulate.md describes each field.
nlohmann::ordered_json simulation_json(const Simulation& simulation);

// "2024-01-31 10h", or "hour 3" of a log without dates.
std::string hour_text(std::int64_t begin_us, const Simulation& simulation);

// How the platform and its expiry were simulated, in one line.
std::string platform_text(const Platform& platform);

}  // namespace ballast
