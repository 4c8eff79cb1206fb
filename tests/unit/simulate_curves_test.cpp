#include "simulate/curves.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <map>

#include "simulate/random.hpp"
#include "simulate/simulate.hpp"

namespace ballast {
namespace {

// Requests that lie in memory, in blocks of 7.
class ListSource final : public InvocationSource {
  public:
    ListSource(std::vector<Invocation> list, std::uint32_t functions)
        : m_list(std::move(list)), m_functions(functions) {}

    Result<std::span<const Invocation>> next() override {
        const std::size_t count = std::min<std::size_t>(7, m_list.size() - m_at);
        m_at += count;
        return std::span<const Invocation>(m_list).subspan(m_at - count, count);
    }
    LogFacts facts() const override { return {.functions = m_functions}; }

  private:
    std::vector<Invocation> m_list;
    std::size_t m_at = 0;
    std::uint32_t m_functions;
};

std::vector<Invocation> random_trace(Random& random, std::uint32_t functions) {
    std::vector<Invocation> trace;
    const auto below = [&](std::uint64_t limit) { return static_cast<std::int64_t>(random() % limit); };
    std::int64_t time_us = below(2) == 0 ? 0 : -3 * k_day_us;
    const std::int64_t count = 1 + below(300);
    for (std::int64_t i = 0; i < count; ++i) {
        // Bursts, seconds, minutes, hours; often whole, so that edges are met.
        constexpr std::array k_gaps_us = {std::int64_t{0}, k_second_us, 10 * k_second_us, k_minute_us,
                                          6 * k_minute_us, k_hour_us,   k_day_us};
        time_us +=
            k_gaps_us.at(random() % k_gaps_us.size()) * below(4) + (below(2) == 0 ? below(k_second_us) : 0);
        Invocation request{.start_us = time_us, .duration_us = below(3) * 30 * k_second_us};
        request.function = static_cast<std::uint32_t>(random() % functions);
        request.truth = static_cast<Truth>(below(3));
        if (request.truth == Truth::cold) request.init_us = static_cast<std::uint32_t>(below(2'000'000));
        trace.push_back(request);
    }
    return trace;
}

// Which requests are cold, context by context: no queue, no heap, nothing shared with the simulator.
std::vector<bool> plain_simulation(const std::vector<Invocation>& trace, std::int64_t expiry_us,
                                   std::int64_t cold_us) {
    struct Context {
        std::int64_t free_us;
    };
    std::map<std::uint32_t, std::vector<Context>> contexts;
    std::vector<bool> cold;
    for (const auto& request : trace) {
        Context* latest = nullptr;
        for (auto& context : contexts[request.function]) {
            const bool idle =
                context.free_us <= request.start_us && request.start_us < context.free_us + expiry_us;
            if (idle && (latest == nullptr || context.free_us > latest->free_us)) latest = &context;
        }
        cold.push_back(latest == nullptr);
        if (latest != nullptr) {
            latest->free_us = request.start_us + request.duration_us;
        } else {
            contexts[request.function].push_back({request.start_us + cold_us + request.duration_us});
        }
    }
    return cold;
}

SimulateOptions options_with(Distribution idle, std::int64_t cold_us) {
    SimulateOptions options;
    options.platform.expiry = {.idle = idle, .max_age_us = k_never_us};
    options.strategies.front().cold = Distribution::fixed(cold_us);
    options.provisioned = {};
    options.pings = {};
    options.curves = true;
    return options;
}

TEST(Curves, GapsEqualBruteForceOnRandomTraces) {
    Random random(7);
    for (int round = 0; round < 200; ++round) {
        const std::uint32_t functions = 1 + static_cast<std::uint32_t>(random() % 3);
        const auto trace = random_trace(random, functions);
        const std::int64_t expiry_us = 6 * k_minute_us;
        const auto scenario =
            make_scenario({.platform = options_with(Distribution::fixed(expiry_us), 0).platform,
                           .strategy = {.cold = Distribution::fixed(400'000)}},
                          1);
        GapCount count;
        for (std::size_t at = 0; at < trace.size(); at += 7)
            count.consume(std::span(trace).subspan(at, std::min<std::size_t>(7, trace.size() - at)),
                          *scenario);
        const Curves curves = count.curves(100, functions);
        EXPECT_DOUBLE_EQ(curves.per_second, static_cast<double>(trace.size()) / 100 / functions);
        EXPECT_EQ(count.durations().count(), trace.size());

        const auto cold = plain_simulation(trace, expiry_us, 400'000);
        std::uint64_t first = 0;
        std::vector<GapRow> rows = {{.from_us = INT64_MIN, .to_us = 0}};
        for (const auto& row : curves.gaps) rows.push_back({.from_us = row.from_us, .to_us = row.to_us});
        for (std::size_t i = 0; i < trace.size(); ++i) {
            std::int64_t last_us = INT64_MIN;
            for (std::size_t before = 0; before < i; ++before) {
                if (trace[before].function != trace[i].function) continue;
                last_us = std::max(
                    last_us, trace[before].start_us + trace[before].init_us + trace[before].duration_us);
            }
            if (last_us == INT64_MIN) {
                ++first;
                continue;
            }
            const std::int64_t gap_us = trace[i].start_us - last_us;
            for (auto& row : rows) {
                if (gap_us < row.from_us || gap_us >= row.to_us) continue;
                ++row.requests;
                row.cold += cold[i] ? 1U : 0U;
                row.known += trace[i].truth != Truth::unknown ? 1U : 0U;
                row.recorded_cold += trace[i].truth == Truth::cold ? 1U : 0U;
            }
        }
        EXPECT_EQ(curves.first, first);
        std::uint64_t sum = first;
        for (std::size_t i = 0; i < rows.size(); ++i) {
            const GapRow& counted = i == 0 ? curves.in_flight : curves.gaps[i - 1];
            EXPECT_EQ(counted.requests, rows[i].requests) << i;
            EXPECT_EQ(counted.cold, rows[i].cold) << i;
            EXPECT_EQ(counted.known, rows[i].known) << i;
            EXPECT_EQ(counted.recorded_cold, rows[i].recorded_cold) << i;
            sum += counted.requests;
        }
        EXPECT_EQ(sum, trace.size()) << "every request has its place";
    }
}

TEST(Curves, ExpiriesEqualBruteForceOnRandomTraces) {
    Random random(9);
    for (int round = 0; round < 60; ++round) {
        const std::uint32_t functions = 1 + static_cast<std::uint32_t>(random() % 3);
        const auto trace = random_trace(random, functions);
        ListSource source(trace, functions);
        // Where nothing expires there is no curve of rates, which takes its time.
        const Simulation simulation = simulate(source, options_with(Distribution::never(), 400'000)).value();
        ASSERT_TRUE(simulation.curves);
        const Curves& curves = *simulation.curves;
        ASSERT_EQ(curves.by_expiry.size(), k_curve_minutes.size());
        for (const auto& row : curves.by_expiry) {
            const auto swept = plain_simulation(trace, row.expiry_us, 400'000);
            EXPECT_EQ(row.cold, static_cast<std::uint64_t>(std::ranges::count(swept, true))) << row.expiry_us;
            EXPECT_EQ(row.requests, trace.size());
        }
    }
}

TEST(Curves, CountingThemChangesNoOutcome) {
    Random random(8);
    const auto trace = random_trace(random, 2);
    SimulateOptions options = options_with(Distribution::uniform(5 * k_minute_us, 7 * k_minute_us), 400'000);
    options.strategies.push_back({.name = "other"});
    ListSource with(trace, 2);
    const Simulation counted = simulate(with, options).value();
    options.curves = false;
    ListSource without(trace, 2);
    const Simulation plain = simulate(without, options).value();
    ASSERT_FALSE(plain.curves);
    ASSERT_EQ(plain.strategies.size(), counted.strategies.size());
    for (std::size_t i = 0; i < plain.strategies.size(); ++i) {
        EXPECT_EQ(plain.strategies[i].cold, counted.strategies[i].cold);
        EXPECT_EQ(plain.strategies[i].money.total, counted.strategies[i].money.total);
    }
}

TEST(Curves, WithoutServiceTimeTheRatesCurveIsExponential) {
    Rules rules;
    rules.platform.expiry = {.idle = Distribution::fixed(600 * k_second_us), .max_age_us = k_never_us};
    Histogram durations;
    durations.add(0);
    const auto rows = simulate_rates(durations, rules, 1).value();
    ASSERT_GT(rows.size(), 20U);
    EXPECT_DOUBLE_EQ(rows.front().per_second, 1e-5);
    for (const auto& row : rows) {
        const double share = std::exp(-row.per_second * 600);
        const auto requests = static_cast<double>(row.requests);
        const double deviation = std::sqrt(share * (1 - share) / requests);
        EXPECT_NEAR(static_cast<double>(row.cold) / requests, share, 4.5 * deviation + 1e-9)
            << row.per_second;
    }
}

// Exact shares of Poisson arrivals with exponential service of 2 s and an expiry of 600 s are held by
// SimulatePoisson; here that the curve draws the log's own durations.
TEST(Curves, TheRatesCurveDrawsTheLogsDurations) {
    Rules rules;
    rules.platform.expiry = {.idle = Distribution::fixed(600 * k_second_us), .max_age_us = k_never_us};
    Random random(3);
    const Distribution service = Distribution::exponential(20 * k_second_us);
    Histogram durations;
    for (int i = 0; i < 1'000'000; ++i) durations.add(service.draw(random));
    const RateRow row = simulate_rate(0.05, durations, rules, 1);
    std::uint64_t requests = 0;
    std::uint64_t cold = 0;
    const auto scenario = make_scenario(rules, 9);
    double time_us = 0;
    boost::random::exponential_distribution<double> gap;
    for (; requests < 400'000; ++requests) {
        time_us += gap(random) * 1e6 / 0.05;
        const Invocation request{.start_us = static_cast<std::int64_t>(time_us),
                                 .duration_us = service.draw(random)};
        scenario->consume({&request, 1});
    }
    cold = scenario->tally().cold;
    EXPECT_NEAR(static_cast<double>(row.cold) / static_cast<double>(row.requests),
                static_cast<double>(cold) / static_cast<double>(requests), 0.0025);
}

TEST(Curves, WhereNothingExpiresThereIsNoCurveOfRates) {
    Rules rules;
    rules.platform.expiry.idle = Distribution::never();
    Histogram durations;
    durations.add(1000);
    EXPECT_TRUE(simulate_rates(durations, rules, 1).value().empty());
}

TEST(Histogram, QuantilesStandForAll) {
    Histogram histogram;
    for (int i = 0; i < 300; ++i) histogram.add(100);
    histogram.add(1'000'000);
    auto quantiles = histogram.quantiles_us(301);
    ASSERT_EQ(quantiles.size(), 301U);
    EXPECT_EQ(std::ranges::count(quantiles, 100), 300);
    EXPECT_NEAR(static_cast<double>(quantiles.back()), 1e6, 1e6 * 0.004);
    Histogram one;
    one.add(0);
    quantiles = one.quantiles_us(4);
    EXPECT_EQ(quantiles, (std::vector<std::int64_t>{0, 0, 0, 0}));
}

}  // namespace
}  // namespace ballast
