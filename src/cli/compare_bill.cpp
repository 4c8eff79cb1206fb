#include "cli/compare_bill.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "base/size.hpp"
#include "simulate/input/log_file.hpp"
#include "simulate/prices.hpp"
#include "simulate/simulate.hpp"
#include "simulate/workload.hpp"

namespace ballast {
namespace {

// More requests of a model would tell no more of the shares, and take seconds.
constexpr double k_most_requests = 1e6;

double gigabytes(double bytes) {
    return bytes / static_cast<double>(k_gib);
}

std::int64_t microseconds(double ms) {
    return std::llround(1000 * ms);
}

Strategy strategy_of(const Way& way) {
    Strategy strategy;
    strategy.name = way.id;
    strategy.recorded_plus_us = microseconds(*way.cold_ms);
    strategy.each_us = microseconds(*way.each_ms);
    strategy.tmp_gb = paid_tmp_gb(way.usage.tmp_bytes);
    strategy.usd_per_cold = way.per_cold_usd;
    strategy.usd_per_month = way.month_usd;
    return strategy;
}

Result<Simulation> run_simulation(const CompareFlags& flags, const SimulateOptions& options) {
    if (!flags.traces.empty()) {
        BALLAST_TRY(const auto log, open_logs(flags.traces, LogOptions()));
        return simulate(*log, options);
    }
    Workload workload;
    workload.rate = *flags.rate;
    workload.seed = flags.seed;
    BALLAST_TRY(workload.service, parse_distribution(flags.service, "--service"));
    const double seconds = std::min(k_month_seconds, std::max(86'400.0, k_most_requests / workload.rate));
    workload.length_us = static_cast<std::int64_t>(seconds) * k_second_us;
    const auto source = make_workload(workload);
    return simulate(*source, options);
}

}  // namespace

void price_ways(Experiment& experiment) {
    for (auto& way : experiment.ways) {
        const Usage& usage = way.usage;
        way.per_cold_usd =
            usage.s3_gets_per_cold * k_s3_get + gigabytes(usage.nfs_read_bytes_per_cold) * k_efs_read_gb;
        way.month_usd = gigabytes(static_cast<double>(usage.s3_bytes)) * k_s3_gb_month +
                        gigabytes(static_cast<double>(usage.registry_bytes)) * k_ecr_gb_month +
                        gigabytes(static_cast<double>(usage.nfs_bytes)) * k_efs_gb_month;
    }
}

Result<void> bill_ways(const CompareFlags& flags, Experiment& experiment) {
    if (!flags.rate && flags.traces.empty()) return {};
    SimulateOptions options;
    BALLAST_TRY(options.platform.expiry, expiry_preset(k_default_preset));
    options.provisioned.clear();
    options.pings.clear();
    options.memory_mb = static_cast<std::uint16_t>(flags.memory_mb);
    options.architecture = flags.arch == "arm" ? Architecture::arm : Architecture::x86;
    options.seed = flags.seed;
    if (!flags.init.empty()) {
        BALLAST_TRY(options.init, parse_distribution(flags.init, "--init"));
    }
    options.strategies.clear();
    std::vector<Way*> billed;
    for (auto& way : experiment.ways) {
        if (!way.works() || !way.cold_ms || !way.each_ms) continue;
        options.strategies.push_back(strategy_of(way));
        billed.push_back(&way);
    }
    BALLAST_TRY(const Simulation simulation, run_simulation(flags, options));
    for (std::size_t i = 0; i < billed.size(); ++i) {
        const Outcome& outcome = simulation.strategies[i];
        billed[i]->bill =
            Bill{outcome.cold_share(), outcome.latency.p50_ms, outcome.latency.p99_ms, outcome.money.a_month};
    }
    experiment.rate = flags.rate ? fmt::format("{} requests a second of {}, {} MB", *flags.rate,
                                               flags.service, flags.memory_mb)
                                 : fmt::format("the log {}, {} invocations", flags.traces.front(),
                                               format_count(simulation.invocations));
    return {};
}

}  // namespace ballast
