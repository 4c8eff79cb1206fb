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

struct Running {
    std::vector<Outcome> Simulation::*group;  // that it belongs to; none of what the curves need
    std::string name;
    std::unique_ptr<Scenario> scenario;
};

std::vector<Running> start_scenarios(const SimulateOptions& options) {
    std::vector<Running> all;
    Rules rules{.platform = options.platform, .init = options.init, .memory_mb = options.memory_mb};
    const auto start = [&](std::vector<Outcome> Simulation::*group, std::string name) {
        all.push_back({group, std::move(name), make_scenario(rules, options.seed)});
    };
    for (const auto& strategy : options.strategies) {
        rules.strategy = strategy;
        start(&Simulation::strategies, strategy.name);
    }
    rules.strategy = options.strategies.front();
    for (const std::uint32_t count : options.provisioned) {
        if (count <= options.platform.provisioned) continue;
        rules.platform.provisioned = count;
        start(&Simulation::provisioned, fmt::format("{} provisioned", count));
    }
    rules.platform.provisioned = options.platform.provisioned;
    for (const std::uint32_t count : options.pings) {
        rules.keep_warm = {.every_us = options.ping_every_us, .at_once = count};
        start(&Simulation::pings, fmt::format("{} every {}", counted(count, "ping", "pings at once"),
                                              format_span_us(static_cast<double>(options.ping_every_us))));
    }
    if (!options.curves) return all;
    rules.keep_warm = {};
    rules.platform.expiry.spare.reset();
    for (const int minutes : k_curve_minutes) {
        rules.platform.expiry.idle = Distribution::fixed(minutes * k_minute_us);
        start(nullptr, {});
    }
    return all;
}

// What the log says, counted while it passes.
class TruthCount {
  public:
    explicit TruthCount(Simulation& simulation) : m_simulation(simulation) {
        simulation.first_us = k_most_time_us;
        simulation.last_us = -k_most_time_us;
    }

    void consume(std::span<const Invocation> block) {
        Simulation& seen = m_simulation;
        for (const auto& invocation : block) {
            seen.first_us = std::min(seen.first_us, invocation.start_us);
            seen.last_us = std::max(seen.last_us, invocation.start_us);
            seen.memory_mb = std::max(seen.memory_mb, invocation.memory_mb);
            if (invocation.truth == Truth::unknown) continue;
            ++seen.truth.known;
            if (invocation.truth == Truth::warm) continue;
            ++seen.truth.cold;
            ++m_cold_by_hour[Tally::hour_of(invocation.start_us)];
            if (invocation.init_us > 0) m_init.add(invocation.init_us);
        }
        seen.invocations += block.size();
    }

    void finish() {
        LogTruth& truth = m_simulation.truth;
        truth.failed_inits = m_simulation.facts.failed_inits;
        truth.init = spread_of(m_init);
        if (truth.known == 0) return;
        const std::int64_t last = Tally::hour_of(m_simulation.last_us);
        for (std::int64_t hour = Tally::hour_of(m_simulation.first_us); hour <= last; ++hour)
            truth.cold_by_hour.push_back(m_cold_by_hour[hour]);
    }

  private:
    Simulation& m_simulation;
    Histogram m_init;
    std::map<std::int64_t, std::uint64_t> m_cold_by_hour;
};

}  // namespace

Result<Simulation> simulate(InvocationSource& source, const SimulateOptions& options) {
    std::vector<Running> running = start_scenarios(options);
    Simulation simulation;
    TruthCount truth(simulation);
    std::optional<GapCount> gaps;
    if (options.curves) gaps.emplace();
    for (;;) {
        BALLAST_CHECK(check_interrupt("the simulation"));
        BALLAST_TRY(const auto block, source.next());
        if (block.empty()) break;
        truth.consume(block);
        if (simulation.last_us - simulation.first_us > k_longest_us) {
            return fail(ErrorCode::corrupt, "the log", "spans more than ten years",
                        "are its times in one unit? --units says which a plain CSV has");
        }
        if (gaps) gaps->consume(block, *running.front().scenario);
        for (std::size_t i = gaps ? 1 : 0; i < running.size(); ++i) running[i].scenario->consume(block);
    }
    if (simulation.invocations == 0)
        return fail(ErrorCode::usage, "the log", "has no invocation to simulate");
    simulation.facts = source.facts();
    if (simulation.memory_mb == 0) simulation.memory_mb = options.memory_mb;
    simulation.options = options;
    truth.finish();
    const OutcomeInput input{.first_us = simulation.first_us,
                             .last_us = simulation.last_us,
                             .functions = simulation.facts.functions,
                             .memory_mb = simulation.memory_mb,
                             .architecture = options.architecture};
    if (gaps) {
        simulation.curves = gaps->curves(simulation.seconds(), simulation.facts.functions);
        Rules rules = running.front().scenario->rules();
        // The log's mean init where it records some.
        if (const Spread& init = simulation.truth.init; init.count > 0)
            rules.init = Distribution::fixed(std::llround(init.mean_ms * 1000));
        BALLAST_TRY(simulation.curves->by_rate, simulate_rates(gaps->durations(), rules, options.seed));
    }
    for (auto& one : running) {
        const Tally& tally = one.scenario->finish(input.last_us);
        const Rules& rules = one.scenario->rules();
        if (one.group != nullptr) {
            (simulation.*one.group).push_back(outcome_of(std::move(one.name), rules, tally, input));
        } else {
            simulation.curves->by_expiry.push_back(
                {rules.platform.expiry.idle.least_us(), tally.requests, tally.cold});
        }
        one.scenario.reset();
    }
    return simulation;
}

}  // namespace ballast
