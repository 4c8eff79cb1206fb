// The simulator against answers that were found in other ways: an exact rule that needs no simulation,
// queueing theory, and recordings of AWS Lambda.

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <deque>
#include <filesystem>
#include <fstream>
#include <functional>
#include <queue>
#include <string>
#include <vector>

#include "simulate/fit.hpp"
#include "simulate/input/log_file.hpp"
#include "simulate/outcome.hpp"
#include "simulate/random.hpp"
#include "simulate/scenario.hpp"
#include "simulate/simulate.hpp"
#include "simulate/workload.hpp"

namespace ballast {
namespace {

// Most-recently-used routing, a fixed expiry, nothing else; a cold start takes no longer than a warm one.
Rules plain_rules(std::int64_t expiry_us) {
    Rules rules;
    rules.platform.expiry = {.idle = Distribution::fixed(expiry_us), .max_age_us = k_never_us};
    rules.strategy.cold = Distribution::fixed(0);
    return rules;
}

// With N requests in flight an arrival at t is cold exactly when N is as large as it ever was in [t - T, t):
// then no context is left over from a busier moment. The maximum over the sliding window is kept in a
// deque whose values descend. Independent of any context.
class SlidingMaximum {
  public:
    explicit SlidingMaximum(std::int64_t expiry_us) : m_expiry_us(expiry_us) {}

    bool is_cold(const Invocation& request) {
        while (!m_ends.empty() && m_ends.top() <= request.start_us) {
            close(m_ends.top());
            --m_in_flight;
            m_ends.pop();
        }
        while (!m_window.empty() && m_window.front().end_us <= request.start_us - m_expiry_us)
            m_window.pop_front();
        const bool cold = m_window.empty() || m_in_flight >= m_window.front().in_flight;
        close(request.start_us);
        ++m_in_flight;
        m_most = std::max(m_most, m_in_flight);
        m_ends.push(request.start_us + request.duration_us);
        return cold;
    }

    std::int64_t most() const { return m_most; }

  private:
    struct Segment {
        std::int64_t in_flight;
        std::int64_t end_us;
    };

    // So many were in flight until now.
    void close(std::int64_t end_us) {
        while (!m_window.empty() && m_window.back().in_flight <= m_in_flight) m_window.pop_back();
        m_window.push_back({m_in_flight, end_us});
    }

    std::int64_t m_expiry_us;
    std::int64_t m_in_flight = 0;
    std::int64_t m_most = 0;
    std::deque<Segment> m_window;
    std::priority_queue<std::int64_t, std::vector<std::int64_t>, std::greater<>> m_ends;
};

// The first request on which simulator and rule differ; the trace's size when there is none.
std::size_t first_difference(const std::vector<Invocation>& trace, std::int64_t expiry_us,
                             std::uint64_t& cold) {
    const auto scenario = make_scenario(plain_rules(expiry_us), 1);
    SlidingMaximum rule(expiry_us);
    for (std::size_t i = 0; i < trace.size(); ++i) {
        const std::uint64_t before = scenario->tally().cold;
        scenario->consume({&trace[i], 1});
        const bool simulated_cold = scenario->tally().cold != before;
        if (simulated_cold != rule.is_cold(trace[i])) return i;
    }
    cold = scenario->tally().cold;
    const auto& tally = scenario->finish(trace.empty() ? 0 : trace.back().start_us);
    EXPECT_EQ(tally.most_alive, static_cast<std::uint64_t>(rule.most()));
    return trace.size();
}

// Of many shapes: sparse and dense, constant and heavy-tailed durations, equal times, bursts, ends that meet
// starts.
std::vector<Invocation> random_trace(Random& random, std::size_t size) {
    const double gap_us = std::pow(10.0, 6 * draw_unit(random));
    const double duration_us = std::pow(10.0, 7 * draw_unit(random));
    const int shape = static_cast<int>(draw_unit(random) * 4);
    const std::int64_t grain = draw_unit(random) < 0.5 ? 1 : 1000;  // coarse times make many equal ones
    std::vector<Invocation> trace;
    double time_us = draw_unit(random) < 0.5 ? 0 : 1.6e15;
    while (trace.size() < size) {
        time_us += -std::log(1 - draw_unit(random)) * gap_us;
        const int burst = draw_unit(random) < 0.05 ? 1 + static_cast<int>(draw_unit(random) * 20) : 1;
        for (int i = 0; i < burst; ++i) {
            double taken_us = duration_us;
            if (shape == 1) taken_us *= -std::log(1 - draw_unit(random));
            if (shape == 2) taken_us *= draw_unit(random) < 0.9 ? 0.1 : 20;
            if (shape == 3) taken_us *= std::pow(draw_unit(random) + 1e-9, -0.7);
            trace.push_back(
                {.start_us = static_cast<std::int64_t>(time_us) / grain * grain,
                 .duration_us = static_cast<std::int64_t>(std::min(taken_us, 1e9)) / grain * grain});
        }
    }
    return trace;
}

TEST(SimulateOracle, EqualsTheExactRuleOnEveryEventOfRandomTraces) {
    Random random(42);
    std::uint64_t all = 0;
    std::uint64_t all_cold = 0;
    for (int round = 0; round < 4000; ++round) {
        const auto trace = random_trace(random, round % 40 == 0 ? 5000 : 200);
        const auto expiry_us =
            static_cast<std::int64_t>(std::pow(10.0, 2 + 6 * draw_unit(random))) / 1000 * 1000 + 1000;
        std::uint64_t cold = 0;
        ASSERT_EQ(first_difference(trace, expiry_us, cold), trace.size()) << "round " << round;
        all += trace.size();
        all_cold += cold;
    }
    // Both kinds were there to be told apart.
    EXPECT_GT(all_cold, all / 20);
    EXPECT_LT(all_cold, all - all / 20);
}

// The most requests in flight at one time in the expiry before `now_us`, by looking at all of them: it is
// reached at a start, or at the beginning of that time.
double most_in_flight(const std::vector<Invocation>& trace, double now_us, std::int64_t expiry_us) {
    const double from_us = now_us - static_cast<double>(expiry_us);
    const auto in_flight_at = [&](double at_us, std::size_t begun) {
        double count = 0;
        for (std::size_t i = 0; i < begun; ++i) {
            const auto end_us = static_cast<double>(trace[i].start_us + trace[i].duration_us);
            // The last to begin needs a context even when it takes no time.
            count +=
                static_cast<double>(trace[i].start_us) <= at_us && (end_us > at_us || i + 1 == begun) ? 1 : 0;
        }
        return count;
    };
    double most = 0;
    std::size_t begun_before = 0;
    for (std::size_t i = 0; i < trace.size(); ++i) {
        const auto start_us = static_cast<double>(trace[i].start_us);
        if (start_us <= from_us) begun_before = i + 1;
        if (start_us > from_us && start_us <= now_us) most = std::max(most, in_flight_at(start_us, i + 1));
    }
    double at_edge = 0;
    for (std::size_t i = 0; i < begun_before; ++i)
        at_edge += static_cast<double>(trace[i].start_us + trace[i].duration_us) > from_us ? 1 : 0;
    return std::max(most, at_edge);
}

TEST(SimulateOracle, LivesOfContextsAddUpToTheExactRules) {
    Random random(7);
    for (int round = 0; round < 200; ++round) {
        const auto trace = random_trace(random, 60);
        const auto expiry_us = static_cast<std::int64_t>(std::pow(10.0, 3 + 4 * draw_unit(random)));
        const auto scenario = make_scenario(plain_rules(expiry_us), 1);
        scenario->consume(trace);
        const std::int64_t end_us = trace.back().start_us;
        const Tally& tally = scenario->finish(end_us);
        // At any time as many live as were in flight at most within the expiry before: constant between
        // these.
        std::vector<double> turns = {static_cast<double>(end_us)};
        for (const auto& request : trace) {
            turns.push_back(static_cast<double>(request.start_us));
            turns.push_back(static_cast<double>(request.start_us + request.duration_us + expiry_us));
        }
        std::ranges::sort(turns);
        double alive_us = 0;
        for (std::size_t i = 1; i < turns.size() && turns[i] <= static_cast<double>(end_us); ++i) {
            alive_us +=
                (turns[i] - turns[i - 1]) * most_in_flight(trace, (turns[i] + turns[i - 1]) / 2, expiry_us);
        }
        ASSERT_NEAR(tally.alive_us, alive_us, 1e-6 * alive_us + 1) << "round " << round;
    }
}

TEST(SimulateOracle, OfTenAtOnceAfterOneNineAreCold) {
    const auto scenario = make_scenario(plain_rules(640 * k_second_us), 1);
    std::vector<Invocation> trace = {{.start_us = 0, .duration_us = k_second_us}};
    for (int i = 0; i < 10; ++i) trace.push_back({.start_us = k_minute_us, .duration_us = k_second_us});
    scenario->consume(trace);
    EXPECT_EQ(scenario->tally().cold, 1U + 9U);
    EXPECT_EQ(scenario->tally().most_alive, 10U);
}

// Student's t for 19 degrees of freedom, 99.9 % two-sided.
constexpr int k_batches = 20;
constexpr double k_t = 3.883;

struct Interval {
    double mean = 0;
    double half = 0;
};

Interval interval_of(const std::vector<double>& values) {
    double mean = 0;
    for (const double value : values) mean += value / static_cast<double>(values.size());
    double squares = 0;
    for (const double value : values) squares += (value - mean) * (value - mean);
    const double n = static_cast<double>(values.size());
    return {mean, k_t * std::sqrt(squares / (n - 1) / n)};
}

// The share of an outcome and the contexts alive, as means of batches of hours; the first two hours, in which
// it all begins, do not count.
struct Steady {
    Interval cold;
    Interval rejected;
    Interval alive;
};

Steady steady_state(const Workload& workload, const Rules& rules) {
    const auto source = make_workload(workload);
    SimulateOptions options{
        .platform = rules.platform, .strategies = {rules.strategy}, .provisioned = {}, .pings = {}};
    const auto simulation = simulate(*source, options);
    if (!simulation) {
        ADD_FAILURE() << simulation.error().message;
        return {};
    }
    const auto& hours = simulation->strategies.front().hours;
    const std::size_t in_batch = (hours.size() - 3) / k_batches;
    EXPECT_GE(in_batch, 2U);
    std::vector<double> cold;
    std::vector<double> rejected;
    std::vector<double> alive;
    for (std::size_t batch = 0; batch < k_batches; ++batch) {
        double requests = 0;
        double cold_here = 0;
        double rejected_here = 0;
        double alive_here = 0;
        for (std::size_t i = 2 + batch * in_batch; i < 2 + (batch + 1) * in_batch; ++i) {
            requests += static_cast<double>(hours[i].requests);
            cold_here += static_cast<double>(hours[i].cold);
            rejected_here += static_cast<double>(hours[i].rejected);
            alive_here += hours[i].mean_alive;
        }
        cold.push_back(cold_here / requests);
        rejected.push_back(rejected_here / requests);
        alive.push_back(alive_here / static_cast<double>(in_batch));
    }
    return {interval_of(cold), interval_of(rejected), interval_of(alive)};
}

struct PoissonRow {
    double rate;
    double service_s;
    double expiry_s;
    double cold;
    double alive;
    double invocations;  // enough for a narrow interval
};

class SimulatePoisson : public testing::TestWithParam<PoissonRow> {};

TEST_P(SimulatePoisson, HoldsTheExactShareAndContextsInItsConfidenceInterval) {
    const PoissonRow& row = GetParam();
    const Workload workload{
        .rate = row.rate,
        .length_us = static_cast<std::int64_t>(row.invocations / row.rate * 1e6),
        .service = Distribution::exponential(static_cast<std::int64_t>(row.service_s * 1e6)),
        .seed = 2};
    const Steady steady = steady_state(workload, plain_rules(static_cast<std::int64_t>(row.expiry_s * 1e6)));
    EXPECT_NEAR(steady.cold.mean, row.cold, steady.cold.half);
    EXPECT_NEAR(steady.alive.mean, row.alive, steady.alive.half);
    // An interval that holds everything would prove nothing.
    EXPECT_LT(steady.cold.half, 0.15 * row.cold);
    EXPECT_LT(steady.alive.half, 0.05 * row.alive);
}

// Exact, by a Markov chain of (in flight, alive): Poisson arrivals, exponential service, cold as long as
// warm.
INSTANTIATE_TEST_SUITE_P(Rows, SimulatePoisson,
                         testing::Values(PoissonRow{0.9, 1.991, 600, .00132931, 7.69193, 3e6},
                                         PoissonRow{0.1, 2, 600, .00711276, 2.65049, 1e6},
                                         PoissonRow{0.01, 2, 600, .019762, 1.10794, 3e5},
                                         PoissonRow{1.0 / 600, 2, 600, .369961, .63666, 4e4},
                                         PoissonRow{1, 10, 600, .00258654, 20.28637, 3e6},
                                         PoissonRow{10, 0.2, 600, .000106872, 9.76933, 2e7},
                                         PoissonRow{0.5, 5, 300, .00616253, 7.91575, 1e6},
                                         PoissonRow{1.0 / 60, 60, 2700, .0156103, 4.39554, 3e5},
                                         PoissonRow{1.0 / 600, 5, 2700, .0189513, 1.0254, 1e5},
                                         PoissonRow{1.0 / 600, 5, 640, .349458, .6675, 4e4}));

TEST(SimulateTheory, LeastRecentRoutingKeepsAlmostAllWarm) {
    // In turns each context is used again long before it expires: as many are made as were ever in flight
    // at once, and no more. Of a million requests about .000018 are cold, where most recent routing has
    // .00133.
    const Workload workload{.rate = 0.9,
                            .length_us = static_cast<std::int64_t>(1e6 / 0.9 * 1e6),
                            .service = Distribution::exponential(1'991'000),
                            .seed = 3};
    SimulateOptions options{
        .platform = plain_rules(600 * k_second_us).platform, .provisioned = {}, .pings = {}};
    options.platform.routing = Routing::least_recent;
    const auto simulation = simulate(*make_workload(workload), options);
    ASSERT_TRUE(simulation.has_value());
    const Outcome& outcome = simulation->strategies.front();
    EXPECT_EQ(outcome.cold, outcome.most_alive);
    EXPECT_GT(outcome.cold_share(), .000008);
    EXPECT_LT(outcome.cold_share(), .000028);
}

TEST(SimulateTheory, WithoutServiceTimeTheShareIsExponential) {
    for (const double expected_requests : {0.1, 0.5, 1.0, 2.0, 4.0}) {
        const double rate = expected_requests / 600;
        const double requests = 40'000 * std::max(1.0, 5 * expected_requests);
        const Workload workload{.rate = rate,
                                .length_us = static_cast<std::int64_t>(requests / rate * 1e6),
                                .service = Distribution::fixed(0),
                                .seed = 4};
        const Steady steady = steady_state(workload, plain_rules(600 * k_second_us));
        EXPECT_NEAR(steady.cold.mean, std::exp(-expected_requests), steady.cold.half);
        EXPECT_LT(steady.cold.half, 0.1 * std::exp(-expected_requests));
    }
}

TEST(SimulateTheory, ALimitOfConcurrencyRejectsWhatErlangsFormulaSays) {
    // Offered 1.8 on average.
    const std::vector<std::pair<std::uint32_t, double>> rows = {
        {1, .642857}, {2, .366516}, {3, .180266}, {5, .026302}};
    for (const auto& [limit, share] : rows) {
        const Workload workload{.rate = 0.9,
                                .length_us = static_cast<std::int64_t>(1e6 / 0.9 * 1e6),
                                .service = Distribution::exponential(2 * k_second_us),
                                .seed = 5};
        Rules rules = plain_rules(k_never_us);
        rules.platform.concurrency = limit;
        const Steady steady = steady_state(workload, rules);
        EXPECT_NEAR(steady.rejected.mean, share, steady.rejected.half) << limit;
        EXPECT_LT(steady.rejected.half, 0.05 * share) << limit;
    }
}

// The recordings are not part of this repository: BALLAST_TRACES names a directory that has them as
// lambda-traces/*.csv (pacslab/serverless-performance-modeling) and simfaas/measured-lambda-rates.csv
// (pacslab/simfaas).
std::vector<std::string> recordings() {
    std::vector<std::string> paths;
    const char* const directory = std::getenv("BALLAST_TRACES");
    if (directory == nullptr) return paths;
    for (const auto& entry : std::filesystem::directory_iterator(std::string(directory) + "/lambda-traces")) {
        if (entry.path().extension() == ".csv") paths.push_back(entry.path());
    }
    std::ranges::sort(paths);
    return paths;
}

constexpr const char* k_no_recordings = "set BALLAST_TRACES to a directory with lambda-traces/ and simfaas/";

TEST(SimulateRecorded, EqualsTheExactRuleOnEveryEvent) {
    const auto paths = recordings();
    if (paths.empty()) GTEST_SKIP() << k_no_recordings;
    for (const auto& path : paths) {
        const LogOptions options;
        const auto log = open_logs({path}, options);
        ASSERT_TRUE(log.has_value()) << log.error().message;
        std::vector<Invocation> trace;
        for (;;) {
            const auto block = (*log)->next();
            ASSERT_TRUE(block.has_value()) << block.error().message;
            if (block->empty()) break;
            trace.insert(trace.end(), block->begin(), block->end());
        }
        for (const std::int64_t expiry_s : {60, 300, 630, 640, 2700}) {
            std::uint64_t cold = 0;
            ASSERT_EQ(first_difference(trace, expiry_s * k_second_us, cold), trace.size())
                << path << " " << expiry_s;
        }
    }
}

TEST(SimulateRecorded, AFittedExpiryForeseesColdStartsBetterThanAFixedOne) {
    const auto paths = recordings();
    if (paths.empty()) GTEST_SKIP() << k_no_recordings;
    const LogOptions options;
    Fitter fitter({}, 1);
    for (const auto& path : paths) {
        const auto log = open_logs({path}, options);
        ASSERT_TRUE(log.has_value()) << log.error().message;
        const auto added = fitter.add(path, **log);
        ASSERT_TRUE(added.has_value()) << added.error().message;
    }
    const Fit fit = fitter.finish();
    EXPECT_LE(fit.plain_error, 0.16);
    // Fitted on the other recordings, tested on this one.
    EXPECT_LT(fit.held_out_error, fit.plain_error);
    EXPECT_LT(fit.held_out_error, 0.10);
    RecordProperty("plain_error", std::to_string(fit.plain_error));
    RecordProperty("held_out_error", std::to_string(fit.held_out_error));
}

TEST(SimulateRecorded, ForeseesTheMeasuredRatesOfSimFaas) {
    const char* const directory = std::getenv("BALLAST_TRACES");
    if (directory == nullptr) GTEST_SKIP() << k_no_recordings;
    std::ifstream file(std::string(directory) + "/simfaas/measured-lambda-rates.csv");
    ASSERT_TRUE(file.good());
    std::string line;
    std::getline(file, line);
    double sum = 0;
    int rows = 0;
    while (std::getline(file, line)) {
        std::vector<double> fields;
        for (std::size_t at = line.find(','); at != std::string::npos; at = line.find(',', at + 1))
            fields.push_back(std::strtod(line.c_str() + at + 1, nullptr));
        ASSERT_GE(fields.size(), 7U);
        const Workload workload{
            .rate = fields[0],
            .length_us = static_cast<std::int64_t>((fields[0] < 0.02 ? 2e5 : 1e6) / fields[0] * 1e6),
            .service = Distribution::exponential(static_cast<std::int64_t>(fields[1] * 1000)),
            .seed = 6};
        Rules rules = plain_rules(static_cast<std::int64_t>(fields[3] * 60e6));
        rules.strategy.cold = Distribution::fixed(static_cast<std::int64_t>((fields[2] - fields[1]) * 1000));
        const double share = steady_state(workload, rules).cold.mean;
        sum += std::abs(share - fields[6]) / fields[6];
        ++rows;
    }
    EXPECT_EQ(rows, 20);
    EXPECT_LE(sum / rows, 0.13);
    RecordProperty("mean_error", std::to_string(sum / rows));
}

}  // namespace
}  // namespace ballast
