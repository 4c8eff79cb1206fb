#include "compare/bill.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "base/relative_path.hpp"
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

double length_of(double rate) {
    // Half an hour at least, in which contexts come and go; at rates of thousands a second that is too many.
    constexpr double k_least_seconds = 1800;
    constexpr double k_too_many_requests = 2e7;
    return std::min(k_month_seconds,
                    std::max(k_most_requests / rate, std::min(k_least_seconds, k_too_many_requests / rate)));
}

}  // namespace

void price_ways(std::vector<Way>& ways) {
    for (auto& way : ways) {
        const Usage& usage = way.usage;
        way.per_cold_usd =
            usage.s3_gets_per_cold * k_s3_get + gigabytes(usage.nfs_read_bytes_per_cold) * k_efs_read_gb;
        way.month_usd = gigabytes(static_cast<double>(usage.s3_bytes)) * k_s3_gb_month +
                        gigabytes(static_cast<double>(usage.registry_bytes)) * k_ecr_gb_month +
                        gigabytes(static_cast<double>(usage.nfs_bytes)) * k_efs_gb_month;
    }
}

Result<Requests> open_requests(const BillOptions& options) {
    static const LogOptions k_log_options;  // sources refer to it
    Requests requests;
    if (!options.traces.empty()) {
        BALLAST_TRY(requests.source, open_logs(options.traces, k_log_options));
        requests.said = "the log " + printable(options.traces.front());
        if (options.traces.size() > 1)
            requests.said += fmt::format(" and {} more", options.traces.size() - 1);
        return requests;
    }
    if (!options.rate) return requests;
    Workload workload;
    workload.rate = *options.rate;
    workload.seed = options.seed;
    workload.service = options.service;
    workload.length_us = std::llround(length_of(workload.rate) * 1e6);
    requests.source = make_workload(workload);
    requests.said = fmt::format("{} requests a second of {}, {} MB", workload.rate,
                                workload.service.to_string(), options.memory_mb);
    return requests;
}

Result<void> bill_ways(const BillOptions& bill, const Requests& requests, Experiment& experiment) {
    if (requests.source == nullptr) return {};
    SimulateOptions options;
    BALLAST_TRY(options.platform.expiry, expiry_preset(k_default_preset));
    options.provisioned.clear();
    options.pings.clear();
    options.memory_mb = bill.memory_mb;
    options.architecture = bill.architecture;
    options.seed = bill.seed;
    options.init = bill.init;
    options.strategies.clear();
    std::vector<Way*> billed;
    for (auto& way : experiment.ways) {
        if (!way.works() || !way.cold_ms || !way.each_ms) continue;
        options.strategies.push_back(strategy_of(way));
        billed.push_back(&way);
    }
    BALLAST_TRY(const Simulation simulation, simulate(*requests.source, options));
    for (std::size_t i = 0; i < billed.size(); ++i) {
        const Outcome& outcome = simulation.strategies[i];
        billed[i]->bill =
            Bill{outcome.cold_share(), outcome.latency.p50_ms, outcome.latency.p99_ms, outcome.money.a_month};
    }
    experiment.rate = requests.said;
    if (!bill.traces.empty()) experiment.rate += ", " + counted(simulation.invocations, "invocation");
    return {};
}

}  // namespace ballast
