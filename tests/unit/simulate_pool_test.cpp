#include <gtest/gtest.h>

#include <algorithm>
#include <vector>

#include "simulate/outcome.hpp"
#include "simulate/scenario.hpp"

namespace ballast {
namespace {

constexpr std::int64_t k_s = k_second_us;

Rules rules_with(Distribution idle, std::int64_t cold_us = 0) {
    Rules rules;
    rules.platform.expiry = {.idle = idle, .max_age_us = k_never_us};
    rules.strategy.cold = Distribution::fixed(cold_us);
    return rules;
}

Invocation at(std::int64_t start_us, std::int64_t duration_us = k_s, std::uint32_t function = 0) {
    return {.start_us = start_us, .duration_us = duration_us, .function = function};
}

// The counts after these requests, at the start of the last.
Tally run(const Rules& rules, const std::vector<Invocation>& requests, std::uint64_t seed = 1) {
    const auto scenario = make_scenario(rules, seed);
    scenario->consume(requests);
    return scenario->finish(requests.back().start_us);
}

TEST(Pool, AnIdleContextExpiresAtItsDeadlineAndNotBefore) {
    const Rules rules = rules_with(Distribution::fixed(600 * k_s));
    EXPECT_EQ(run(rules, {at(0), at(601 * k_s - 1)}).cold, 1U);
    EXPECT_EQ(run(rules, {at(0), at(601 * k_s)}).cold, 2U);
}

TEST(Pool, AMaximumAgeReplacesTheBusiest) {
    Rules rules = rules_with(Distribution::fixed(600 * k_s));
    rules.platform.expiry.max_age_us = 1000 * k_s;
    std::vector<Invocation> requests;
    for (int i = 0; i < 31; ++i) requests.push_back(at(i * 100 * k_s));
    // Born at 0, 1000 s, 2000 s and 3000 s.
    EXPECT_EQ(run(rules, requests).cold, 4U);
    // A request that is being served when the age is reached ends first.
    EXPECT_EQ(run(rules, {at(0), at(900 * k_s, 200 * k_s), at(1200 * k_s)}).cold, 2U);
}

TEST(Pool, ADeployEmptiesEverything) {
    Rules rules = rules_with(Distribution::never());
    rules.platform.deploys_us = {50 * k_s};
    // Idle at the deploy, busy at the deploy, both gone afterwards; a second one stays.
    EXPECT_EQ(run(rules, {at(0), at(0), at(40 * k_s, 20 * k_s), at(70 * k_s), at(80 * k_s)}).cold, 3U);
    rules.platform.deploys_us = {};
    EXPECT_EQ(run(rules, {at(0), at(0), at(40 * k_s, 20 * k_s), at(70 * k_s), at(80 * k_s)}).cold, 2U);
    rules.platform.deploy_every_us = 100 * k_s;
    std::vector<Invocation> requests;
    for (int i = 0; i < 100; ++i) requests.push_back(at(i * 10 * k_s));
    EXPECT_EQ(run(rules, requests).cold, 10U);
    // A request at the moment of the deploy meets the new version.
    rules.platform.deploys_us = {50 * k_s};
    rules.platform.deploy_every_us = 0;
    EXPECT_EQ(run(rules, {at(0), at(50 * k_s)}).cold, 2U);
}

TEST(Pool, ALimitRejectsAndRejectedRequestsDoNotComeBack) {
    Rules rules = rules_with(Distribution::never());
    rules.platform.concurrency = 2;
    const Tally tally = run(rules, {at(0), at(0), at(0), at(2 * k_s), at(2 * k_s), at(2 * k_s)});
    EXPECT_EQ(tally.requests, 6U);
    EXPECT_EQ(tally.rejected, 2U);
    EXPECT_EQ(tally.cold, 2U);
    EXPECT_EQ(tally.latency.count(), 4U);
}

TEST(Pool, ProvisionedContextsAreUsedFirstAndNeverExpire) {
    Rules rules = rules_with(Distribution::fixed(k_s));
    rules.platform.provisioned = 2;
    EXPECT_EQ(run(rules, {at(0), at(0), at(10'000 * k_s), at(10'000 * k_s)}).cold, 0U);
    // A third at once spills over to one on demand.
    const Tally tally = run(rules, {at(0), at(0), at(0)});
    EXPECT_EQ(tally.cold, 1U);
    EXPECT_EQ(tally.most_alive, 3U);
    // Deploys replace them beforehand.
    rules.platform.deploys_us = {5 * k_s};
    EXPECT_EQ(run(rules, {at(0), at(10 * k_s)}).cold, 0U);
}

TEST(Pool, PingsKeepAsManyWarmAsComeAtOnce) {
    std::vector<Invocation> pairs;
    for (int i = 0; i < 10; ++i) {
        // Not at the moment of a ping, which would take a context just then.
        pairs.push_back(at(i * (k_hour_us + 7 * k_s)));
        pairs.push_back(at(i * (k_hour_us + 7 * k_s)));
    }
    Rules rules = rules_with(Distribution::fixed(360 * k_s));
    EXPECT_EQ(run(rules, pairs).cold, 20U);
    rules.keep_warm = {.every_us = 300 * k_s, .at_once = 1};
    EXPECT_EQ(run(rules, pairs).cold, 2U + 9U);
    rules.keep_warm.at_once = 2;
    const Tally tally = run(rules, pairs);
    EXPECT_EQ(tally.cold, 2U);
    EXPECT_EQ(tally.requests, 20U) << "pings are not requests";
    EXPECT_EQ(tally.pings, 2U * 9U * 12U);
    EXPECT_EQ(tally.cold_pings, 0U);
    EXPECT_EQ(tally.latency.count(), 20U);

    // Billed with the memory of the requests, and only when they are served.
    for (auto& request : pairs) request.memory_mb = 1024;
    EXPECT_DOUBLE_EQ(run(rules, pairs).ping_mb_ms, 216.0 * 100 * 1024);
    rules.platform.concurrency = 1;
    EXPECT_EQ(run(rules, pairs).pings, 9U * 12U);
}

TEST(Pool, ASpareContextMayOutliveALoneOne) {
    Rules rules = rules_with(Distribution::fixed(600 * k_s));
    rules.platform.expiry.spare = Distribution::fixed(1000 * k_s);
    // Two at 0; one keeps serving, the other is spare: still there 800 s later.
    std::vector<Invocation> requests = {at(0, 2 * k_s), at(0, k_s)};
    for (int i = 1; i <= 8; ++i) requests.push_back(at(i * 100 * k_s));
    requests.push_back(at(800 * k_s));
    EXPECT_EQ(run(rules, requests).cold, 2U);
    rules.platform.expiry.spare.reset();
    EXPECT_EQ(run(rules, requests).cold, 3U);
    // A lone one is never spare.
    rules.platform.expiry.spare = Distribution::fixed(1000 * k_s);
    EXPECT_EQ(run(rules, {at(0), at(800 * k_s)}).cold, 2U);
}

TEST(Pool, RoutingDecidesWhoIsLeftToExpire) {
    // Two are made at once, then one request every 400 s, with an expiry of 600 s: when the most recent is
    // taken the other expires; when the least recent is taken they take turns, 800 s apart.
    std::vector<Invocation> requests = {at(0, k_s), at(0, k_s)};
    for (int i = 1; i <= 20; ++i) requests.push_back(at(i * 200 * k_s));
    requests.push_back(at(20 * 200 * k_s));
    Rules rules = rules_with(Distribution::fixed(600 * k_s));
    rules.platform.routing = Routing::most_recent;
    EXPECT_EQ(run(rules, requests).cold, 3U);
    rules.platform.routing = Routing::least_recent;
    EXPECT_EQ(run(rules, requests).cold, 2U);
    for (const Routing routing : {Routing::random, Routing::oldest, Routing::newest}) {
        rules.platform.routing = routing;
        const std::uint64_t cold = run(rules, requests).cold;
        EXPECT_TRUE(cold == 2 || cold == 3) << to_string(routing);
    }
}

TEST(Pool, OldestAndNewestGoByAge) {
    // A is made at 0, B at 10 s while A is busy. Both are idle at 100 s.
    const std::vector<Invocation> requests = {at(0, 50 * k_s), at(10 * k_s, k_s), at(100 * k_s, k_s),
                                              at(140 * k_s, k_s)};
    Rules rules = rules_with(Distribution::never());
    rules.platform.expiry.max_age_us = 135 * k_s;  // at 140 s B lives, A does not
    rules.platform.routing = Routing::oldest;
    EXPECT_EQ(run(rules, requests).cold, 2U);
    // What differs is who serves at 100 s: with a deploy of age in between, the one that served lives no
    // longer.
    rules.platform.expiry = {.idle = Distribution::fixed(60 * k_s), .max_age_us = 135 * k_s};
    rules.platform.routing =
        Routing::oldest;  // A serves at 100 s and is too old at 140 s; B idles since 11 s
    EXPECT_EQ(run(rules, requests).cold, 3U);
    const std::vector<Invocation> early = {at(0, 50 * k_s), at(10 * k_s, k_s), at(60 * k_s, k_s),
                                           at(140 * k_s - 20 * k_s, k_s), at(140 * k_s, k_s)};
    rules.platform.routing = Routing::newest;  // B serves at 60 s, at 120 s and at 140 s
    EXPECT_EQ(run(rules, early).cold, 2U);
}

TEST(Pool, FunctionsShareNoContext) {
    const Rules rules = rules_with(Distribution::never());
    EXPECT_EQ(run(rules, {at(0, k_s, 0), at(2 * k_s, k_s, 1), at(4 * k_s, k_s, 0), at(6 * k_s, k_s, 1)}).cold,
              2U);
}

TEST(Pool, AColdStartHoldsItsContextForTheInitToo) {
    const Rules rules = rules_with(Distribution::never(), 3 * k_s);
    // The first serves until 4 s.
    EXPECT_EQ(run(rules, {at(0), at(3 * k_s)}).cold, 2U);
    const Tally tally = run(rules, {at(0), at(5 * k_s)});
    EXPECT_EQ(tally.cold, 1U);
    EXPECT_EQ(tally.latency.most_us(), 4 * k_s);
    EXPECT_EQ(tally.wait.most_us(), 3 * k_s);
}

TEST(Pool, AnInitOverTenSecondsIsRunAgainInsideTheInvocation) {
    Rules rules = rules_with(Distribution::never(), 10 * k_s);
    EXPECT_EQ(run(rules, {at(0)}).latency.most_us(), 11 * k_s);
    rules.strategy.cold = Distribution::fixed(12 * k_s);
    Tally tally = run(rules, {at(0)});
    EXPECT_EQ(tally.latency.most_us(), 10 * k_s + 12 * k_s + k_s);
    EXPECT_EQ(tally.wait.most_us(), 22 * k_s);
    EXPECT_EQ(tally.init_overruns, 1U);
    EXPECT_EQ(tally.timeouts, 0U);
    // 10 s, 12 s again and 1 s are billed; before August 2025 the 10 s were not.
    EXPECT_DOUBLE_EQ(tally.billed_ms, 23'000);
    rules.platform.init_billed = false;
    EXPECT_DOUBLE_EQ(run(rules, {at(0)}).billed_ms, 13'000);
    // The function's timeout holds for the second init, and what it leaves is not used again.
    rules.platform.timeout_us = 5 * k_s;
    tally = run(rules, {at(0), at(100 * k_s)});
    EXPECT_EQ(tally.timeouts, 2U);
    EXPECT_EQ(tally.cold, 2U);
    EXPECT_EQ(tally.latency.most_us(), 15 * k_s);
}

TEST(Pool, InitIsBilledSinceAugust2025RoundedUpWithTheDuration) {
    Rules rules = rules_with(Distribution::never(), 333'050);
    // Lambda's own line: Duration 4.42 ms, Init Duration 333.05 ms, Billed Duration 338 ms.
    EXPECT_DOUBLE_EQ(run(rules, {at(0, 4'420)}).billed_ms, 338);
    rules.platform.init_billed = false;
    EXPECT_DOUBLE_EQ(run(rules, {at(0, 4'420)}).billed_ms, 5);
}

TEST(Pool, RecordedInitTimesAreTakenWhereTheStrategyHasNone) {
    Rules rules = rules_with(Distribution::fixed(600 * k_s));
    rules.strategy.cold.reset();
    std::vector<Invocation> requests = {at(0), at(1000 * k_s), at(2000 * k_s)};
    requests[0].init_us = 400'000;
    requests[2].init_us = 700'000;
    // The second was warm in the log; simulated cold it takes what was seen last.
    const Tally tally = run(rules, requests);
    EXPECT_EQ(tally.cold, 3U);
    EXPECT_NEAR(tally.wait.mean_us(), 500'000, 1);
}

TEST(Pool, AStrategyMayAddToWhatIsRecorded) {
    Rules rules = rules_with(Distribution::fixed(k_s));
    rules.strategy.cold.reset();
    rules.init = Distribution::fixed(300'000);
    rules.strategy.recorded_plus_us = 50'000;
    std::vector<Invocation> requests = {at(0), at(10 * k_s), at(20 * k_s)};
    requests[1].init_us = 400'000;
    // 300 ms before the first record, then 400 ms, twice; each 50 ms more.
    EXPECT_DOUBLE_EQ(run(rules, requests).wait.mean_us(), (350'000 + 450'000 + 450'000) / 3.0);
    rules.strategy.recorded_plus_us = -350'000;
    EXPECT_DOUBLE_EQ(run(rules, requests).wait.mean_us(), (0 + 50'000 + 50'000) / 3.0) << "never less than 0";
    EXPECT_EQ(run(rules, requests).cold, 3U) << "a start without a wait is a cold one";
}

TEST(Pool, WhatEveryInvocationAddsIsAddedColdAndWarm) {
    Rules rules = rules_with(Distribution::fixed(600 * k_s), 100'000);
    rules.strategy.each_us = 5'000;
    Tally tally = run(rules, {at(0), at(10 * k_s)});
    EXPECT_DOUBLE_EQ(tally.latency.mean_us(), (1'105'000 + 1'005'000) / 2.0);
    EXPECT_EQ(tally.wait.most_us(), 100'000);
    EXPECT_DOUBLE_EQ(tally.billed_ms, 1105 + 1005);
    rules.strategy.each_us = -2 * k_s;
    tally = run(rules, {at(0), at(10 * k_s)});
    EXPECT_DOUBLE_EQ(tally.latency.mean_us(), 100'000 / 2.0) << "a handler takes no less than nothing";
}

TEST(Strategy, ReadsWhatIsAddedToARecord) {
    const auto cold_of = [](std::string_view text) { return cold_text(parse_strategy(text).value()); };
    EXPECT_EQ(cold_of("a=recorded"), "recorded");
    EXPECT_EQ(cold_of("a=recorded+850ms,2"), "recorded+850ms");
    EXPECT_EQ(cold_of("a=recorded+850"), "recorded+850ms") << "plain numbers are milliseconds";
    EXPECT_EQ(cold_of("a=recorded-0.1s"), "recorded-100ms");
    EXPECT_EQ(cold_of("a=700ms..1s"), "700ms..1s");
    EXPECT_EQ(parse_strategy("a=recorded,each:1.5").value().each_us, 1500);
    for (const auto* wrong : {"a=recorded850ms", "a=recorded+", "a=recorded+-1ms", "a=recorded+1ms..2ms",
                              "a=recorded+never", "a=recorder", "a=recorded,each:x"})
        EXPECT_EQ(parse_strategy(wrong).error().code, ErrorCode::usage) << wrong;
}

TEST(Strategy, OfTmp512MbAreFree) {
    EXPECT_EQ(paid_tmp_gb(512 * 1024 * 1024), 0);
    EXPECT_EQ(paid_tmp_gb(0), 0);
    EXPECT_DOUBLE_EQ(paid_tmp_gb(std::uint64_t{1536} * 1024 * 1024), 1);
}

TEST(Pool, MoneyIsWhatLambdaCharges) {
    Rules rules = rules_with(Distribution::never());
    rules.memory_mb = 256;
    std::vector<Invocation> requests;
    for (int i = 0; i < 1'000'000; ++i) requests.push_back(at(i * k_s, 200'000));
    const auto scenario = make_scenario(rules, 1);
    scenario->consume(requests);
    const OutcomeInput input{.first_us = 0, .last_us = requests.back().start_us, .memory_mb = 256};
    Outcome outcome = outcome_of("as is", rules, scenario->finish(input.last_us), input);
    EXPECT_NEAR(outcome.money.requests, 0.20, 1e-9);
    EXPECT_NEAR(outcome.money.compute, 0.8333, 0.0001);
    EXPECT_NEAR(outcome.money.total, 1.0333, 0.0001);
    EXPECT_NEAR(outcome.money.a_month, outcome.money.total * 30 * 86'400 / 999'999, 1e-6);
    EXPECT_NEAR(outcome.mean_alive, 1, 1e-6);

    // A quarter of a GB kept for a million seconds, and used for 200,000 of them.
    rules.platform.provisioned = 1;
    const auto kept = make_scenario(rules, 1);
    kept->consume(requests);
    outcome = outcome_of("kept", rules, kept->finish(input.last_us), input);
    EXPECT_EQ(outcome.cold, 0U);
    EXPECT_NEAR(outcome.money.provisioned, 0.25 * (999'999 * 0.0000041667 + 200'000 * 0.0000097222), 1e-6);
    EXPECT_EQ(outcome.money.compute, 0);
}

TEST(Pool, HoursAddUpToTheWhole) {
    Rules rules = rules_with(Distribution::fixed(1800 * k_s));
    std::vector<Invocation> requests;
    // Before time 0 too, and with quiet hours.
    for (int i = -50; i < 200; ++i)
        requests.push_back(at(i * (i % 7) * (i % 7) * 97 * k_s / 10 + i * 500 * k_s, 5 * k_s));
    std::ranges::sort(requests, {}, &Invocation::start_us);
    const OutcomeInput input{.first_us = requests.front().start_us, .last_us = requests.back().start_us};
    const auto scenario = make_scenario(rules, 1);
    scenario->consume(requests);
    const Outcome outcome = outcome_of("", rules, scenario->finish(input.last_us), input);
    std::uint64_t count = 0;
    std::uint64_t cold = 0;
    double alive_us = 0;
    std::uint64_t most = 0;
    for (const auto& hour : outcome.hours) {
        count += hour.requests;
        cold += hour.cold;
        most = std::max(most, hour.most_alive);
        const std::int64_t from = std::max(hour.begin_us, input.first_us);
        alive_us +=
            hour.mean_alive * static_cast<double>(std::min(hour.begin_us + k_hour_us, input.last_us) - from);
        EXPECT_LE(hour.mean_alive, static_cast<double>(hour.most_alive) + 1e-9);
    }
    EXPECT_EQ(count, requests.size());
    EXPECT_EQ(cold, outcome.cold);
    EXPECT_EQ(most, outcome.most_alive);
    EXPECT_NEAR(alive_us, outcome.mean_alive * static_cast<double>(input.last_us - input.first_us), 1);
}

TEST(Pool, TheSameSeedGivesTheSameAndAnotherOneAnother) {
    Rules rules = rules_with(Distribution::uniform(300 * k_s, 900 * k_s));
    std::vector<Invocation> requests;
    for (int i = 0; i < 2000; ++i) requests.push_back(at(i * 611 * k_s));
    EXPECT_EQ(run(rules, requests, 1).cold, run(rules, requests, 1).cold);
    EXPECT_NE(run(rules, requests, 1).cold, run(rules, requests, 2).cold);
}

TEST(Pool, ManyAtOnceKeepTheirOrder) {
    // More than the ring holds, so the heap takes over, and back; against the count that arithmetic gives.
    Rules rules = rules_with(Distribution::fixed(100 * k_s));
    std::vector<Invocation> requests;
    for (int i = 0; i < 1000; ++i) requests.push_back(at(0, (1000 - i) * 10'000));
    for (int i = 0; i < 500; ++i) requests.push_back(at(60 * k_s, i % 2 == 0 ? k_s : 2 * k_s));
    // Of the thousand the 500 that ended last served again. The others ended by 5 s, and are dead at 105 s.
    for (int i = 0; i < 501; ++i) requests.push_back(at(105 * k_s));
    EXPECT_EQ(run(rules, requests).cold, 1000U + 1U);
}

TEST(Histogram, QuantilesAreWithinItsBuckets) {
    Histogram histogram;
    for (std::int64_t value = 1; value <= 100'000; ++value) histogram.add(value);
    EXPECT_EQ(histogram.count(), 100'000U);
    EXPECT_NEAR(histogram.mean_us(), 50'000.5, 1e-6);
    for (const double q : {0.001, 0.01, 0.5, 0.9, 0.99, 0.999})
        EXPECT_NEAR(histogram.quantile_us(q), q * 100'000, 0.004 * q * 100'000 + 1);
    EXPECT_EQ(histogram.quantile_us(1), 100'000);
    EXPECT_EQ(Histogram().quantile_us(0.5), 0);
    Histogram far;
    far.add(k_never_us);
    EXPECT_NEAR(far.quantile_us(0.5) / static_cast<double>(k_never_us), 1, 0.005);
}

}  // namespace
}  // namespace ballast
