#include "simulate/simulation_text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <numeric>

#include "base/relative_path.hpp"
#include "base/share.hpp"
#include "base/size.hpp"

namespace ballast {
namespace {

constexpr std::size_t k_hours_shown = 8;
constexpr std::size_t k_bar_columns = 12;

std::string dollars(double usd) {
    if (usd >= 1000) return fmt::format("${}", format_count(static_cast<std::uint64_t>(std::llround(usd))));
    if (usd >= 0.1 || usd == 0) return fmt::format("${:.2f}", usd);
    return fmt::format("${:.2g}", usd);
}

// The answer, before any table.
std::string answer(const Simulation& simulation) {
    const Outcome& first = simulation.strategies.front();
    std::string text = fmt::format(
        "Of {} {} ({}) {} for a new context", counted(first.requests, "invocation"), format_count(first.cold),
        format_share(first.cold, first.requests), first.cold == 1 ? "waits" : "wait");
    if (first.cold == 0) {
        text += ".";
    } else if (first.wait.most_ms > 0) {
        text += fmt::format(": {} on average, {} at most.", milliseconds_text(first.wait.mean_ms),
                            milliseconds_text(first.wait.most_ms));
    } else {
        text += "; how long is not known here: say it with --init TIME, or --strategy NAME=TIME.";
    }
    if (first.rejected > 0)
        text += fmt::format(" {} ({}) are rejected.", format_count(first.rejected),
                            format_share(first.rejected, first.requests));
    text += "\n";
    const LogTruth& truth = simulation.truth;
    if (truth.known > 0) {
        text += fmt::format("The log itself has {} ({})", counted(truth.cold, "cold start"),
                            format_share(truth.cold, truth.known));
        if (truth.failed_inits > 0)
            text += fmt::format(" and {} that ran too long or failed", counted(truth.failed_inits, "init"));
        text += truth.init.count > 0
                    ? fmt::format(
                          ", init {} on average. Lambda also initialises contexts ahead of need, so\n"
                          "an init time in a log does not prove that anyone waited.\n",
                          milliseconds_text(truth.init.mean_ms))
                    : ".\n";
    }
    return text;
}

// A text, and numbers after it.
std::vector<Column> columns_of(std::string text, std::initializer_list<const char*> numbers) {
    std::vector<Column> columns = {{std::move(text), Align::left}};
    for (const auto* title : numbers) columns.push_back({title, Align::right});
    return columns;
}

std::string strategies_table(const Simulation& simulation, Colours colours) {
    Table table(columns_of(
        "strategy", {"cold", "share", "wait", "p50", "p90", "p99", "p99.9", "contexts", "most", "a month"}));
    for (const auto& outcome : simulation.strategies) {
        const Spread& latency = outcome.latency;
        table.add_row({outcome.name, format_count(outcome.cold), format_share(outcome.cold, outcome.requests),
                       milliseconds_text(outcome.wait.mean_ms), milliseconds_text(latency.p50_ms),
                       milliseconds_text(latency.p90_ms), milliseconds_text(latency.p99_ms),
                       milliseconds_text(latency.p999_ms), fmt::format("{:.2f}", outcome.mean_alive),
                       format_count(outcome.most_alive), dollars(outcome.money.a_month)});
    }
    std::string text = "\n" + table.to_string(colours);
    for (const auto& outcome : simulation.strategies) {
        if (outcome.init_overruns == 0) continue;
        text += fmt::format("{}: {} over 10 s and {} run again inside the invocation", outcome.name,
                            counted(outcome.init_overruns, "init is", "inits are"),
                            outcome.init_overruns == 1 ? "is" : "are");
        text += outcome.timeouts == 0
                    ? ".\n"
                    : fmt::format("; {} of them time out.\n", format_count(outcome.timeouts));
    }
    return text;
}

std::string help_table(const Simulation& simulation, Colours colours) {
    if (simulation.provisioned.empty() && simulation.pings.empty()) return {};
    const Outcome& base = simulation.strategies.front();
    if (base.cold == 0) return {};
    Table table(columns_of("what would help", {"cold", "share", "more a month"}));
    table.add_row({"nothing", format_count(base.cold), format_share(base.cold, base.requests), ""});
    for (const auto* group : {&simulation.pings, &simulation.provisioned}) {
        for (const auto& outcome : *group) {
            const double more = outcome.money.a_month - base.money.a_month;
            table.add_row({outcome.name, format_count(outcome.cold),
                           format_share(outcome.cold, outcome.requests),
                           more < 0 ? "-" + dollars(-more) : dollars(more)});
            // More of the same would help no further.
            if (outcome.cold == 0) break;
        }
    }
    return "\n" + table.to_string(colours);
}

std::string hours_table(const Simulation& simulation, HourRows rows, Colours colours) {
    const Outcome& first = simulation.strategies.front();
    if (first.hours.size() < 2) return {};
    std::vector<std::size_t> listed(first.hours.size());
    std::iota(listed.begin(), listed.end(), 0U);
    const bool is_cut = rows == HourRows::some && listed.size() > 24;
    if (is_cut) {
        std::stable_sort(listed.begin(), listed.end(), [&](std::size_t a, std::size_t b) {
            return first.hours[a].cold > first.hours[b].cold;
        });
        listed.resize(k_hours_shown);
        std::ranges::sort(listed);
    }
    const bool has_truth = !simulation.truth.cold_by_hour.empty();
    auto columns = columns_of(is_cut                   ? "the hours that wait most"
                              : simulation.facts.dated ? "hour (UTC)"
                                                       : "hour",
                              {"invocations", "cold", "share", "contexts", "most"});
    if (has_truth) columns.push_back({"log's cold", Align::right});
    columns.push_back({"", Align::left});
    Table table(columns);
    std::uint64_t most_cold = 0;
    for (const std::size_t i : listed) most_cold = std::max(most_cold, first.hours[i].cold);
    for (const std::size_t i : listed) {
        const Hour& hour = first.hours[i];
        std::vector<std::string> cells = {hour_text(hour.begin_us, simulation),
                                          format_count(hour.requests),
                                          format_count(hour.cold),
                                          format_share(hour.cold, hour.requests),
                                          fmt::format("{:.2f}", hour.mean_alive),
                                          format_count(hour.most_alive)};
        if (has_truth) cells.push_back(format_count(simulation.truth.cold_by_hour[i]));
        cells.push_back(share_bar(hour.cold, most_cold, k_bar_columns));
        table.add_row(std::move(cells));
    }
    std::string text = "\n" + table.to_string(colours);
    if (is_cut) text += fmt::format("of {} hours, which --hours lists\n", format_count(first.hours.size()));
    return text;
}

}  // namespace

std::string log_text(const Simulation& simulation) {
    std::string text = counted(simulation.invocations, "invocation");
    if (simulation.facts.functions > 1)
        text += fmt::format(" of {} functions", format_count(simulation.facts.functions));
    return text +
           fmt::format(" in {}, {} MB", format_span_us(simulation.seconds() * 1e6), simulation.memory_mb);
}

std::string prices_text(const SimulateOptions& options) {
    return fmt::format("AWS Lambda {}, {}, {}", k_prices_region, k_prices_date,
                       options.architecture == Architecture::arm ? "arm64" : "x86-64");
}

std::string milliseconds_text(double ms) {
    return format_span_us(ms * 1000);
}

std::string hour_text(std::int64_t begin_us, const Simulation& simulation) {
    if (!simulation.facts.dated) {
        return fmt::format("hour {}", begin_us / k_hour_us + (begin_us >= 0 ? 1 : 0));
    }
    const std::chrono::sys_seconds time{std::chrono::seconds(begin_us / k_second_us)};
    const auto day = std::chrono::floor<std::chrono::days>(time);
    const std::chrono::year_month_day date(day);
    return fmt::format("{:04}-{:02}-{:02} {:02}h", static_cast<int>(date.year()),
                       static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()),
                       std::chrono::duration_cast<std::chrono::hours>(time - day).count());
}

std::string simulation_text(const Simulation& simulation, HourRows hours, Colours colours) {
    std::string text = printable(simulation.input) + ": " + log_text(simulation);
    if (simulation.facts.skipped > 0)
        text += fmt::format("; {} passed over", counted(simulation.facts.skipped, "other record"));
    text += "\n\n" + answer(simulation);
    text += strategies_table(simulation, colours);
    text += help_table(simulation, colours);
    text += hours_table(simulation, hours, colours);
    text += fmt::format("\nsimulated: {}; seed {}\n", platform_text(simulation.options.platform),
                        simulation.options.seed);
    text += "prices: " + prices_text(simulation.options) + "; a month is 30 days at this rate\n";
    return text;
}

}  // namespace ballast
