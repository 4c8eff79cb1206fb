#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "program/command.hpp"
#include "simulate/input/log_file.hpp"
#include "simulate/simulate.hpp"
#include "simulate/workload.hpp"

namespace ballast {

// The flags of `ballast simulate`, and what they mean.
struct SimulateFlags {
    std::vector<std::string> traces;
    std::string format;
    std::string units;
    std::string durations;
    std::uint64_t window = 1 << 20;

    std::optional<double> rate;
    std::string duration;
    std::string service = "100ms";
    std::string daily;
    std::string burst_every;
    std::uint32_t burst_size = 0;

    std::string preset;
    std::string idle_expiry;
    std::string spare_expiry;
    std::string max_age;
    std::string routing;
    std::optional<std::uint32_t> concurrency;
    std::uint32_t provisioned = 0;
    std::string deploy_every;
    std::vector<std::string> deploys;
    std::string timeout = "900s";
    bool init_unbilled = false;

    std::vector<std::string> strategies;
    std::string init;
    std::string compare;
    std::uint32_t memory_mb = 128;
    std::string arch = "x86";
    std::string ping_every = "5m";
    std::vector<std::uint32_t> try_pings = {1, 2, 5};
    std::vector<std::uint32_t> try_provisioned = {1, 2, 5, 10};

    std::uint64_t seed = 1;
    std::optional<double> max_cold_share;  // percent
    bool all_hours = false;
    bool fit = false;
    bool json = false;
    bool curves = false;
    std::string html;
};

void add_simulate_flags(Command& command, SimulateFlags& flags);

// Errors of all: usage, naming the flag.
Result<void> check_simulate_flags(const SimulateFlags& flags);
Result<LogOptions> log_options_of(const SimulateFlags& flags);
Result<Workload> workload_of(const SimulateFlags& flags);

struct ToSimulate {
    SimulateOptions options;
    std::vector<LeftOut> left_out;  // of --compare
};
// Errors: those of the file of --compare, too.
Result<ToSimulate> simulate_options_of(const SimulateFlags& flags);

}  // namespace ballast
