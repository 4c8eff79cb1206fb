#include "simulate/curves.hpp"

#include <algorithm>
#include <array>
#include <cmath>

#include "base/interrupt.hpp"
#include "simulate/random.hpp"

namespace ballast {
namespace {

constexpr std::array k_gap_edges_s = {0,   1,   10,  30,  60,   120,  180,  240,  300,  360,   420,
                                      480, 600, 720, 900, 1200, 1800, 2700, 3600, 7200, 21600, 86400};

constexpr double k_least_rate = 1e-5;
constexpr int k_rates_a_decade = 4;
constexpr int k_decades = 8;
constexpr double k_requests = 200'000;         // a point at least
constexpr double k_most_requests = 2'000'000;  // and at most
constexpr double k_expiries_long = 50;
constexpr double k_longest_s = 10.0 * 365 * 86'400;
constexpr double k_most_busy = 10'000;

// How long contexts stay, on average; the longer one of two.
double expiry_seconds(const Expiry& expiry) {
    const double idle_us = expiry.idle.mean_us();
    return (expiry.spare ? std::max(idle_us, expiry.spare->mean_us()) : idle_us) / 1e6;
}

bool can_show(double per_second, double mean_us, const Expiry& expiry) {
    return per_second * expiry_seconds(expiry) * k_expiries_long <= k_most_requests &&
           per_second * mean_us / 1e6 <= k_most_busy;
}

}  // namespace

GapCount::GapCount() {
    for (const std::int64_t edge_s : k_gap_edges_s) {
        if (!m_gaps.empty()) m_gaps.back().to_us = edge_s * k_second_us;
        m_gaps.push_back({.from_us = edge_s * k_second_us});
    }
    m_in_flight.to_us = 0;
}

void GapCount::consume(std::span<const Invocation> requests, Scenario& first) {
    for (const auto& request : requests) {
        const std::uint64_t before = first.tally().cold;
        first.consume({&request, 1});
        ++m_requests;
        m_durations.add(request.duration_us);
        const auto gap_us = m_idle_gaps.before(request);
        if (!gap_us) {
            ++m_first;
            continue;
        }
        const auto above = std::ranges::upper_bound(m_gaps, *gap_us, {}, &GapRow::from_us);
        GapRow& row = *gap_us < 0 ? m_in_flight : *(above - 1);
        ++row.requests;
        row.cold += first.tally().cold - before;
        row.known += request.truth != Truth::unknown ? 1 : 0;
        row.recorded_cold += request.truth == Truth::cold ? 1 : 0;
    }
}

Curves GapCount::curves(double seconds, std::uint32_t functions) const {
    return {.first = m_first,
            .in_flight = m_in_flight,
            .gaps = m_gaps,
            .per_second = seconds > 0 ? static_cast<double>(m_requests) / seconds / functions : 0};
}

RateRow simulate_rate(double per_second, const Histogram& durations, const Rules& rules, std::uint64_t seed) {
    const auto services_us = durations.quantiles_us(4096);
    const double longest = std::max(per_second * k_longest_s, 10.0);
    const double enough =
        std::max(k_requests, per_second * expiry_seconds(rules.platform.expiry) * k_expiries_long);
    const auto count = static_cast<std::uint64_t>(std::min(enough, longest));
    Random random(seed);
    const auto scenario = make_scenario(rules, seed);
    RateRow row{.per_second = per_second};
    double time_us = 0;
    for (std::uint64_t i = 0; i < count; ++i) {
        if (i == count / 10) row = {per_second, scenario->tally().requests, scenario->tally().cold};
        time_us += draw_exponential(random) * 1e6 / per_second;
        const auto drawn =
            static_cast<std::size_t>(draw_unit(random) * static_cast<double>(services_us.size()));
        const Invocation request{.start_us = static_cast<std::int64_t>(time_us),
                                 .duration_us = services_us[drawn]};
        scenario->consume({&request, 1});
    }
    row.requests = scenario->tally().requests - row.requests;
    row.cold = scenario->tally().cold - row.cold;
    return row;
}

Result<std::vector<RateRow>> simulate_rates(const Histogram& durations, const Rules& rules,
                                            std::uint64_t seed) {
    std::vector<RateRow> rows;
    if (rules.platform.expiry.idle.is_never()) return rows;
    Rules plain = rules;
    plain.keep_warm = {};
    // Of the platform, what would hide the rate's part.
    plain.platform.provisioned = 0;
    plain.platform.concurrency = UINT32_MAX;
    plain.platform.deploy_every_us = 0;
    plain.platform.deploys_us = {};
    for (int i = 0; i <= k_rates_a_decade * k_decades; ++i) {
        BALLAST_CHECK(check_interrupt("the simulation"));
        const double per_second = k_least_rate * std::pow(10.0, static_cast<double>(i) / k_rates_a_decade);
        if (!can_show(per_second, durations.mean_us(), plain.platform.expiry)) break;
        rows.push_back(simulate_rate(per_second, durations, plain, seed));
    }
    return rows;
}

}  // namespace ballast
