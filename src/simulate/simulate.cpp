#include "simulate/simulate.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <memory>

#include "base/interrupt.hpp"
#include "base/size.hpp"
#include "simulate/scenario.hpp"

namespace ballast {
namespace {

constexpr std::int64_t k_longest_us = 3653 * k_day_us;  // ten years

enum class Group : std::uint8_t { strategies, provisioned, pings, expiries };

struct Running {
    Group group;
    std::string name;
    std::unique_ptr<Scenario> scenario;
};

std::vector<Running> start_scenarios(const SimulateOptions& options) {
    std::vector<Running> all;
    Rules rules{.platform = options.platform, .init = options.init, .memory_mb = options.memory_mb};
    const auto start = [&](Group group, std::string name) {
        all.push_back({group, std::move(name), make_scenario(rules, options.seed)});
    };
    for (const auto& strategy : options.strategies) {
        rules.strategy = strategy;
        start(Group::strategies, strategy.name);
    }
    rules.strategy = options.strategies.front();
    for (const std::uint32_t count : options.provisioned) {
        if (count <= options.platform.provisioned) continue;
        rules.platform.provisioned = count;
        start(Group::provisioned, fmt::format("{} provisioned", count));
    }
    rules.platform.provisioned = options.platform.provisioned;
    for (const std::uint32_t count : options.pings) {
        rules.keep_warm = {.every_us = options.ping_every_us, .at_once = count};
        start(Group::pings, fmt::format("{} every {}", counted(count, "ping", "pings at once"),
                                        format_span_us(static_cast<double>(options.ping_every_us))));
    }
    if (!options.curves) return all;
    rules.keep_warm = {};
    rules.platform.expiry.spare.reset();
    for (const std::int64_t expiry_us : curve_expiries_us()) {
        rules.platform.expiry.idle = Distribution::fixed(expiry_us);
        start(Group::expiries, {});
    }
    return all;
}

// What the log says, counted while it passes.
class TruthCount {
  public:
    void consume(std::span<const Invocation> block) {
        for (const auto& invocation : block) {
            m_first_us = std::min(m_first_us, invocation.start_us);
            m_last_us = std::max(m_last_us, invocation.start_us);
            m_memory_mb = std::max(m_memory_mb, invocation.memory_mb);
            if (invocation.truth == Truth::unknown) continue;
            ++m_truth.known;
            if (invocation.truth == Truth::warm) continue;
            ++m_truth.cold;
            ++m_cold_by_hour[Tally::hour_of(invocation.start_us)];
            if (invocation.init_us > 0) m_init.add(invocation.init_us);
        }
        m_invocations += block.size();
    }

    std::int64_t first_us() const { return m_first_us; }
    std::int64_t last_us() const { return m_last_us; }
    std::uint64_t invocations() const { return m_invocations; }
    std::uint16_t memory_mb() const { return m_memory_mb; }
    bool spans_too_long() const { return m_last_us - m_first_us > k_longest_us; }

    LogTruth truth(const LogFacts& facts) const {
        LogTruth truth = m_truth;
        truth.failed_inits = facts.failed_inits;
        truth.init = spread_of(m_init);
        if (truth.known == 0) return truth;
        for (std::int64_t hour = Tally::hour_of(m_first_us); hour <= Tally::hour_of(m_last_us); ++hour) {
            const auto found = m_cold_by_hour.find(hour);
            truth.cold_by_hour.push_back(found == m_cold_by_hour.end() ? 0 : found->second);
        }
        return truth;
    }

  private:
    LogTruth m_truth;
    Histogram m_init;
    std::map<std::int64_t, std::uint64_t> m_cold_by_hour;
    std::int64_t m_first_us = k_most_time_us;
    std::int64_t m_last_us = -k_most_time_us;
    std::uint64_t m_invocations = 0;
    std::uint16_t m_memory_mb = 0;
};

// With the log's mean init where it records some.
Result<std::vector<RateRow>> rates_of(const GapCount& gaps, const Simulation& simulation, Rules rules) {
    if (simulation.truth.init.count > 0)
        rules.init = Distribution::fixed(std::llround(simulation.truth.init.mean_ms * 1000));
    return simulate_rates(gaps.durations(), rules, simulation.options.seed);
}

}  // namespace

Result<Simulation> simulate(InvocationSource& source, const SimulateOptions& options) {
    std::vector<Running> running = start_scenarios(options);
    TruthCount truth;
    std::optional<GapCount> gaps;
    if (options.curves) gaps.emplace();
    for (;;) {
        BALLAST_CHECK(check_interrupt("the simulation"));
        BALLAST_TRY(const auto block, source.next());
        if (block.empty()) break;
        truth.consume(block);
        if (truth.spans_too_long()) {
            return fail(ErrorCode::corrupt, "the log", "spans more than ten years",
                        "are its times in one unit? --units says which a plain CSV has");
        }
        if (gaps) gaps->consume(block, *running.front().scenario);
        for (std::size_t i = gaps ? 1 : 0; i < running.size(); ++i) running[i].scenario->consume(block);
    }
    if (truth.invocations() == 0) return fail(ErrorCode::usage, "the log", "has no invocation to simulate");
    Simulation simulation;
    simulation.invocations = truth.invocations();
    simulation.facts = source.facts();
    simulation.first_us = truth.first_us();
    simulation.last_us = truth.last_us();
    simulation.memory_mb = truth.memory_mb() != 0 ? truth.memory_mb() : options.memory_mb;
    simulation.options = options;
    simulation.truth = truth.truth(simulation.facts);
    const OutcomeInput input{.first_us = truth.first_us(),
                             .last_us = truth.last_us(),
                             .functions = simulation.facts.functions,
                             .memory_mb = simulation.memory_mb,
                             .architecture = options.architecture};
    if (gaps) {
        simulation.curves = gaps->curves(simulation.seconds(), simulation.facts.functions);
        BALLAST_TRY(simulation.curves->by_rate,
                    rates_of(*gaps, simulation, running.front().scenario->rules()));
    }
    for (auto& one : running) {
        const Tally& tally = one.scenario->finish(input.last_us);
        if (one.group == Group::expiries) {
            const std::int64_t expiry_us = one.scenario->rules().platform.expiry.idle.least_us();
            simulation.curves->by_expiry.push_back({expiry_us, tally.requests, tally.cold});
            one.scenario.reset();
            continue;
        }
        auto& group = one.group == Group::strategies    ? simulation.strategies
                      : one.group == Group::provisioned ? simulation.provisioned
                                                        : simulation.pings;
        group.push_back(outcome_of(std::move(one.name), one.scenario->rules(), tally, input));
        one.scenario.reset();
    }
    return simulation;
}

}  // namespace ballast
