#include "simulate/fit.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <nlohmann/json.hpp>

#include "base/relative_path.hpp"
#include "base/size.hpp"
#include "simulate/curves.hpp"

namespace ballast {
namespace {

constexpr std::size_t k_none = SIZE_MAX;
constexpr int k_runs = 3;  // of a random expiry
constexpr std::array k_lone_s = {180, 240, 300, 330, 360, 390,  420,  480,  540,  600,
                                 620, 640, 660, 720, 900, 1800, 2700, 3000, 3300, 3600};

// The first is the plain one; then as many for each of k_lone_s.
std::vector<Expiry> candidates() {
    std::vector<Expiry> all = {{.idle = Distribution::fixed(630 * k_second_us)}};
    constexpr std::array k_stretches = {1.25, 1.5, 1.75, 2.0, 2.5};
    for (const std::int64_t lone_s : k_lone_s) {
        const std::int64_t lone_us = lone_s * k_second_us;
        for (const std::int64_t max_age_us : {k_never_us, 7384 * k_second_us}) {
            Expiry expiry{.idle = Distribution::fixed(lone_us), .max_age_us = max_age_us};
            all.push_back(expiry);
            for (const double stretch : k_stretches) {
                const auto longest_us = static_cast<std::int64_t>(static_cast<double>(lone_us) * stretch);
                expiry.spare = Distribution::fixed(longest_us);
                all.push_back(expiry);
                expiry.spare = Distribution::uniform(lone_us, longest_us);
                all.push_back(expiry);
            }
        }
    }
    return all;
}

std::string expiry_text(const Expiry& expiry) {
    std::string text = expiry.idle.to_string();
    if (expiry.spare) text += ", spare " + expiry.spare->to_string();
    if (expiry.max_age_us != k_never_us)
        text += ", age " + Distribution::fixed(expiry.max_age_us).to_string();
    return text;
}

}  // namespace

Fitter::Fitter(const Platform& platform, std::uint64_t seed)
    : m_platform(platform), m_seed(seed), m_candidates(candidates()) {}

Result<void> Fitter::add(std::string name, InvocationSource& log) {
    struct Run {
        std::size_t candidate;
        double weight;
        std::unique_ptr<Scenario> scenario;
    };
    std::vector<Run> runs;
    Rules rules{.platform = m_platform};
    for (std::size_t i = 0; i < m_candidates.size(); ++i) {
        rules.platform.expiry = m_candidates[i];
        const bool is_random = m_candidates[i].spare && !m_candidates[i].spare->is_fixed();
        for (int run = 0; run < (is_random ? k_runs : 1); ++run) {
            runs.push_back({i, is_random ? 1.0 / k_runs : 1,
                            make_scenario(rules, m_seed + static_cast<std::uint64_t>(run))});
        }
    }
    Measured measured{.log = {.name = std::move(name)},
                      .cold = std::vector<double>(m_candidates.size()),
                      .contradictions = std::vector<std::uint64_t>(k_lone_s.size())};
    IdleGaps gaps;
    bool says = false;
    for (;;) {
        BALLAST_TRY(const auto block, log.next());
        if (block.empty()) break;
        measured.log.invocations += block.size();
        for (const auto& invocation : block) {
            says = says || invocation.truth != Truth::unknown;
            measured.log.cold += invocation.truth == Truth::cold ? 1 : 0;
            const auto gap_us = gaps.before(invocation);
            if (!gap_us || *gap_us <= 0 || invocation.truth == Truth::unknown) continue;
            // A request that comes when none is in flight, and is warm, found the context used last, idle for
            // the whole gap; when it is cold none survived the gap.
            for (std::size_t i = 0; i < k_lone_s.size(); ++i) {
                const bool expires = *gap_us >= k_lone_s[i] * k_second_us;
                measured.contradictions[i] += expires != (invocation.truth == Truth::cold) ? 1 : 0;
            }
        }
        for (const auto& run : runs) run.scenario->consume(block);
    }
    if (!says || measured.log.cold == 0) {
        return fail(ErrorCode::usage, measured.log.name,
                    says ? "has no cold start to fit to" : "does not say which invocations were cold",
                    "fit to logs with init times or a column 'cold'");
    }
    for (const auto& run : runs)
        measured.cold[run.candidate] += run.weight * static_cast<double>(run.scenario->tally().cold);
    m_logs.push_back(std::move(measured));
    return {};
}

double Fitter::error(const Measured& measured, std::size_t candidate) const {
    const auto recorded = static_cast<double>(measured.log.cold);
    return std::abs(measured.cold[candidate] - recorded) / recorded;
}

std::size_t Fitter::best_without(std::size_t left_out) const {
    const auto sum_over_logs = [&](const auto& value) {
        double sum = 0;
        for (std::size_t i = 0; i < m_logs.size(); ++i) sum += i == left_out ? 0.0 : value(m_logs[i]);
        return sum;
    };
    // The lone expiry that quiet gaps contradict least: counts alone cannot tell it from a shorter age. The
    // middle one where several are equal.
    std::vector<double> contradictions(k_lone_s.size());
    for (std::size_t i = 0; i < contradictions.size(); ++i) {
        contradictions[i] =
            sum_over_logs([&](const Measured& log) { return static_cast<double>(log.contradictions[i]); });
    }
    const auto fewest = std::ranges::min_element(contradictions);
    const auto end =
        std::find_if(fewest, contradictions.end(), [&](double value) { return value != *fewest; });
    const auto lone = static_cast<std::size_t>(fewest - contradictions.begin() + (end - fewest) / 2);
    // And of the rest what brings counts closest.
    const std::size_t each = (m_candidates.size() - 1) / k_lone_s.size();
    std::size_t best = 1 + lone * each;
    double least = INFINITY;
    for (std::size_t candidate = best; candidate < 1 + (lone + 1) * each; ++candidate) {
        const double sum = sum_over_logs([&](const Measured& log) { return error(log, candidate); });
        if (sum < least) {
            least = sum;
            best = candidate;
        }
    }
    return best;
}

Fit Fitter::finish() const {
    Fit fit{.candidates = m_candidates.size()};
    const std::size_t best = best_without(k_none);
    fit.expiry = m_candidates[best];
    const auto share = 1 / static_cast<double>(m_logs.size());
    for (std::size_t i = 0; i < m_logs.size(); ++i) {
        const Measured& measured = m_logs[i];
        const std::size_t held_out = m_logs.size() > 1 ? best_without(i) : best;
        FitLog log = measured.log;
        log.plain_cold = measured.cold.front();
        log.fitted_cold = measured.cold[best];
        log.held_out_cold = measured.cold[held_out];
        log.held_out_expiry = m_candidates[held_out];
        fit.logs.push_back(std::move(log));
        fit.plain_error += share * error(measured, 0);
        fit.fitted_error += share * error(measured, best);
        fit.held_out_error += share * error(measured, held_out);
    }
    return fit;
}

std::string fit_text(const Fit& fit, Colours colours) {
    const bool held_out = fit.logs.size() > 1;
    Table table({{"log", Align::left},
                 {"invocations", Align::right},
                 {"cold", Align::right},
                 {"630s", Align::right},
                 {"fitted", Align::right},
                 {held_out ? "held out" : "", Align::right},
                 {held_out ? "fitted to the others" : "", Align::left}});
    for (const auto& log : fit.logs) {
        table.add_row({printable(log.name), format_count(log.invocations), format_count(log.cold),
                       fmt::format("{:.1f}", log.plain_cold), fmt::format("{:.1f}", log.fitted_cold),
                       held_out ? fmt::format("{:.1f}", log.held_out_cold) : "",
                       held_out ? expiry_text(log.held_out_expiry) : ""});
    }
    table.add_rule();
    table.add_row({"mean error", "", "", fmt::format("{:.1f} %", 100 * fit.plain_error),
                   fmt::format("{:.1f} %", 100 * fit.fitted_error),
                   held_out ? fmt::format("{:.1f} %", 100 * fit.held_out_error) : "", ""});
    std::string text = table.to_string(colours);
    text += fmt::format("\nfits best of {}: --idle-expiry {}", fit.candidates, fit.expiry.idle.to_string());
    if (fit.expiry.spare) text += " --spare-expiry " + fit.expiry.spare->to_string();
    text += " --max-age " + Distribution::fixed(fit.expiry.max_age_us).to_string() + "\n";
    if (held_out) {
        text +=
            "held out: each log simulated with what was fitted to the others alone, the error to expect of a "
            "new log\n";
    }
    return text;
}

nlohmann::ordered_json fit_json(const Fit& fit) {
    using Json = nlohmann::ordered_json;
    const auto expiry_json = [](const Expiry& expiry) {
        return Json{{"idle", expiry.idle.to_string()},
                    {"spare", (expiry.spare ? *expiry.spare : expiry.idle).to_string()},
                    {"max_age", Distribution::fixed(expiry.max_age_us).to_string()}};
    };
    Json json;
    json["expiry"] = expiry_json(fit.expiry);
    json["candidates"] = fit.candidates;
    json["plain_error"] = fit.plain_error;
    json["fitted_error"] = fit.fitted_error;
    json["held_out_error"] = fit.held_out_error;
    auto& logs = json["logs"] = Json::array();
    for (const auto& log : fit.logs) {
        logs.push_back({{"name", printable(log.name)},
                        {"invocations", log.invocations},
                        {"cold", log.cold},
                        {"plain_cold", log.plain_cold},
                        {"fitted_cold", log.fitted_cold},
                        {"held_out_cold", log.held_out_cold},
                        {"held_out_expiry", expiry_json(log.held_out_expiry)}});
    }
    return json;
}

}  // namespace ballast
