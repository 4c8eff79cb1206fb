#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "simulate/compared.hpp"
#include "simulate/curves.hpp"
#include "simulate/invocation.hpp"
#include "simulate/outcome.hpp"
#include "simulate/platform.hpp"
#include "simulate/prices.hpp"

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
    std::vector<LeftOut> left_out = {};     // of a comparison; filled by its reader
    std::vector<Outcome> provisioned = {};  // the first strategy with contexts kept
    std::vector<Outcome> pings = {};        // the first strategy with pings

    std::optional<Curves> curves = {};

    double seconds() const { return static_cast<double>(last_us - first_us) / 1e6; }
};

// Reads the source once, feeding all simulations. Reproducible: the same source, options and seed give the
// same. Errors: those of the source; corrupt when it spans more than ten years; usage when it is empty.
Result<Simulation> simulate(InvocationSource& source, const SimulateOptions& options);

}  // namespace ballast
