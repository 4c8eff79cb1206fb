#include "simulate/outcome.hpp"

#include <algorithm>

namespace ballast {
namespace {

double gb_seconds(double mb_ms) {
    return mb_ms / 1024 / 1000;
}

Money money_of(const Rules& rules, const Tally& tally, const OutcomeInput& input) {
    const LambdaPrices prices = lambda_prices(input.architecture);
    const double seconds = static_cast<double>(input.last_us - input.first_us) / 1e6;
    const double months = seconds / k_month_seconds;
    const Strategy& strategy = rules.strategy;
    const double memory_mb = strategy.memory_mb != 0 ? strategy.memory_mb : input.memory_mb;
    const double configured_mb =
        static_cast<double>(rules.platform.provisioned) * input.functions * memory_mb;
    Money money;
    money.requests = static_cast<double>(tally.requests - tally.rejected + tally.pings) * prices.request;
    money.compute = gb_seconds(tally.billed_mb_ms) * prices.gb_second;
    money.init = gb_seconds(tally.init_mb_ms) * prices.gb_second;
    money.pings = gb_seconds(tally.ping_mb_ms) * prices.gb_second;
    money.provisioned = configured_mb / 1024 * seconds * prices.provisioned_gb_second +
                        gb_seconds(tally.provisioned_mb_ms) * prices.provisioned_used_gb_second;
    money.tmp = strategy.tmp_gb * tally.billed_ms / 1000 * prices.tmp_gb_second;
    money.other =
        static_cast<double>(tally.contexts_made) * strategy.usd_per_cold + months * strategy.usd_per_month;
    money.total = money.requests + money.compute + money.provisioned + money.tmp + money.other;
    money.a_month = months > 0 ? money.total / months : 0;
    return money;
}

std::vector<Hour> hours_of(const Tally& tally, const OutcomeInput& input, double kept) {
    std::vector<Hour> hours;
    const std::int64_t first = Tally::hour_of(input.first_us);
    const std::int64_t last = Tally::hour_of(input.last_us);
    hours.resize(static_cast<std::size_t>(last - first + 1));
    std::int64_t living = 0;
    for (std::int64_t hour = first; hour <= last; ++hour) {
        Hour& row = hours[static_cast<std::size_t>(hour - first)];
        row.begin_us = hour * k_hour_us;
        std::int64_t alive_us = 0;
        if (const auto found = tally.hours.find(hour); found != tally.hours.end()) {
            const HourCounts& counts = found->second;
            static_cast<HourCounts&>(row) = counts;
            living += found->second.whole_lives;
            alive_us = found->second.alive_us;
        }
        const std::int64_t from_us = std::max(row.begin_us, input.first_us);
        const std::int64_t to_us = std::min(row.begin_us + k_hour_us, input.last_us);
        row.covered_us = std::max<std::int64_t>(to_us - from_us, 0);
        if (row.covered_us > 0) {
            const double lived = static_cast<double>(alive_us) + static_cast<double>(living) * k_hour_us;
            row.mean_alive = lived / static_cast<double>(row.covered_us) + kept;
        }
    }
    return hours;
}

}  // namespace

Spread spread_of(const Histogram& histogram) {
    return {.count = histogram.count(),
            .mean_ms = histogram.mean_us() / 1000,
            .p50_ms = histogram.quantile_us(0.5) / 1000,
            .p90_ms = histogram.quantile_us(0.9) / 1000,
            .p99_ms = histogram.quantile_us(0.99) / 1000,
            .p999_ms = histogram.quantile_us(0.999) / 1000,
            .most_ms = static_cast<double>(histogram.most_us()) / 1000};
}

Outcome outcome_of(std::string name, const Rules& rules, const Tally& tally, const OutcomeInput& input) {
    const double kept = static_cast<double>(rules.platform.provisioned) * input.functions;
    const auto span_us = static_cast<double>(input.last_us - input.first_us);
    Outcome outcome{static_cast<const Counts&>(tally), std::move(name), rules};
    outcome.mean_alive = (span_us > 0 ? tally.alive_us / span_us : 0) + kept;
    outcome.latency = spread_of(tally.latency);
    outcome.wait = spread_of(tally.wait);
    outcome.money = money_of(rules, tally, input);
    outcome.hours = hours_of(tally, input, kept);
    return outcome;
}

}  // namespace ballast
