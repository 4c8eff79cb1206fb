#include "simulate/chart_sections.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "base/share.hpp"
#include "base/size.hpp"
#include "simulate/simulation_text.hpp"

namespace ballast {
namespace {

// Logs of more hours than this are drawn by days.
constexpr std::size_t k_page_hours = std::size_t{31} * 24;

// One hour, or the hours of one day.
struct Slot {
    std::string name;
    std::uint64_t requests = 0;
    std::uint64_t cold = 0;
    std::uint64_t recorded_cold = 0;
    double alive_us = 0;  // contexts times time
    double covered_us = 0;
    double mean_alive = 0;
    std::uint64_t most_alive = 0;
};

std::string day_text(std::int64_t begin_us, const Simulation& simulation) {
    const std::int64_t day = Tally::hour_of(begin_us) / 24;
    if (!simulation.facts.dated) return "day " + std::to_string(day + (begin_us >= 0 ? 1 : 0));
    std::string text = hour_text(begin_us, simulation);
    return text.substr(0, text.find(' '));
}

std::vector<Slot> slots_of(const Simulation& simulation) {
    const auto& hours = simulation.strategies.front().hours;
    const auto& recorded = simulation.truth.cold_by_hour;
    const bool by_day = hours.size() > k_page_hours;
    std::vector<Slot> slots;
    for (std::size_t i = 0; i < hours.size(); ++i) {
        const Hour& hour = hours[i];
        std::string name =
            by_day ? day_text(hour.begin_us, simulation) : hour_text(hour.begin_us, simulation);
        if (slots.empty() || slots.back().name != name) slots.push_back({.name = std::move(name)});
        Slot& slot = slots.back();
        slot.requests += hour.requests;
        slot.cold += hour.cold;
        slot.recorded_cold += i < recorded.size() ? recorded[i] : 0;
        const auto covered_us = static_cast<double>(hour.covered_us);
        slot.alive_us += hour.mean_alive * covered_us;
        slot.covered_us += covered_us;
        slot.mean_alive = by_day ? slot.alive_us / std::max(slot.covered_us, 1.0) : hour.mean_alive;
        slot.most_alive = std::max(slot.most_alive, hour.most_alive);
    }
    return slots;
}

Cell percent_cell(std::uint64_t part, std::uint64_t whole) {
    return whole == 0 ? Cell() : Cell(percent_of(part, whole));
}

std::string short_span(std::int64_t us) {
    if (us == 0) return "0";
    if (us < k_minute_us) return fmt::format("{} s", us / k_second_us);
    if (us < k_hour_us) return fmt::format("{} min", us / k_minute_us);
    return fmt::format("{} h", us / k_hour_us);
}

std::string gap_text(const GapRow& row) {
    if (row.to_us >= k_never_us) return "over " + short_span(row.from_us);
    std::string from = short_span(row.from_us);
    const std::string to = short_span(row.to_us);
    // "5 to 6 min"
    const auto unit = from.find(' ');
    if (unit != std::string::npos && to.ends_with(from.substr(unit))) from.resize(unit);
    return from + " to " + to;
}

void add_gaps(Report& report, const Curves& curves, bool recorded) {
    ReportTable table = {"Cold share against idle gap, in numbers",
                         "How long the function had been idle before a request, by the log's own ends; 'in "
                         "flight': another request "
                         "was being served. The first request of a function has no gap."};
    table.columns = {
        {"Idle before"}, {"Requests", Unit::count}, {"Cold", Unit::count}, {"Share", Unit::percent}};
    if (recorded) {
        table.columns.push_back({"Recorded cold", Unit::count});
        table.columns.push_back({"Recorded share", Unit::percent});
    }
    ReportChart shares = {"Cold share against idle gap",
                          "Of the requests that came after the function had been idle for so long."};
    shares.x = {"idle before the request", Unit::text, ReportAxis::Scale::categories};
    shares.y = {"cold", Unit::percent};
    ReportSeries simulated = {"Simulated"};
    ReportSeries truth = {"Recorded"};
    ReportChart counts = {"Requests by idle gap", "How often such a gap comes before a request."};
    counts.y = {"", Unit::count};
    ReportSeries requests = {"Requests"};
    // Where gaps end that the log does not have.
    std::size_t end = curves.gaps.size();
    while (end > 0 && curves.gaps[end - 1].requests == 0) --end;
    for (std::size_t i = 0; i <= end; ++i) {
        const GapRow& row = i == 0 ? curves.in_flight : curves.gaps[i - 1];
        const std::string name = i == 0 ? "in flight" : gap_text(row);
        const auto at = static_cast<double>(i);
        auto& cells = table.rows.emplace_back();
        cells = {name, row.requests, row.cold, percent_cell(row.cold, row.requests)};
        if (recorded) {
            cells.emplace_back(row.recorded_cold);
            cells.push_back(percent_cell(row.recorded_cold, row.known));
        }
        shares.x.categories.push_back(name);
        requests.points.emplace_back(at, static_cast<double>(row.requests));
        if (row.requests > 0) simulated.points.emplace_back(at, percent_of(row.cold, row.requests));
        if (row.known > 0) truth.points.emplace_back(at, percent_of(row.recorded_cold, row.known));
    }
    if (simulated.points.empty()) return;
    shares.series.push_back(std::move(simulated));
    if (!truth.points.empty()) shares.series.push_back(std::move(truth));
    counts.x = shares.x;
    counts.series.push_back(std::move(requests));
    report.add(shares);
    report.add(counts);
    report.add(table);
}

void add_expiries(Report& report, const Simulation& simulation) {
    const Outcome& first = simulation.strategies.front();
    ReportChart chart = {"Cold share against idle expiry",
                         "The same requests, if every idle context stayed for exactly so long."};
    chart.kind = ReportChart::Kind::lines;
    chart.x = {"idle expiry, minutes", Unit::number};
    chart.y = {"cold", Unit::percent};
    ReportSeries series = {"Simulated"};
    for (const auto& row : simulation.curves->by_expiry) {
        series.points.emplace_back(static_cast<double>(row.expiry_us) / static_cast<double>(k_minute_us),
                                   percent_of(row.cold, row.requests));
    }
    chart.series.push_back(std::move(series));
    const LogTruth& truth = simulation.truth;
    if (truth.known > 0) {
        chart.limits.push_back({ReportLimit::Axis::y, percent_of(truth.cold, truth.known),
                                "recorded: " + format_share(truth.cold, truth.known)});
    } else {
        chart.limits.push_back({ReportLimit::Axis::y, 100 * first.cold_share(),
                                fmt::format("with {}: {}", first.rules.platform.expiry.idle.to_string(),
                                            format_share(first.cold, first.requests))});
    }
    report.add(chart);
}

void add_rates(Report& report, const Simulation& simulation) {
    const Curves& curves = *simulation.curves;
    ReportChart chart = {
        "Cold share against rate",
        fmt::format(
            "Requests at random (Poisson) with this log's durations, idle expiry {}. A log whose own share "
            "lies higher comes in bursts.",
            simulation.options.platform.expiry.idle.to_string())};
    chart.kind = ReportChart::Kind::lines;
    chart.x = {"requests a second", Unit::number, ReportAxis::Scale::logarithmic};
    chart.y = {"cold", Unit::percent, ReportAxis::Scale::logarithmic};
    ReportSeries series = {"Poisson"};
    for (const auto& row : curves.by_rate) {
        // A logarithm has no place for 0.
        if (row.cold > 0) series.points.emplace_back(row.per_second, percent_of(row.cold, row.requests));
    }
    if (series.points.empty()) return;
    chart.series.push_back(std::move(series));
    if (curves.per_second > 0) {
        chart.limits.push_back({ReportLimit::Axis::x, curves.per_second,
                                simulation.facts.functions > 1 ? "a function of this log" : "this log"});
    }
    const Outcome& first = simulation.strategies.front();
    if (first.cold > 0) {
        chart.limits.push_back({ReportLimit::Axis::y, 100 * first.cold_share(),
                                "its share: " + format_share(first.cold, first.requests)});
    }
    report.add(chart);
}

}  // namespace

void add_hours(Report& report, const Simulation& simulation) {
    const std::vector<Slot> slots = slots_of(simulation);
    if (slots.size() < 2) return;
    const bool by_day = simulation.strategies.front().hours.size() > k_page_hours;
    const bool compares = simulation.truth.known == simulation.invocations;
    ReportAxis time = {simulation.facts.dated ? "UTC" : "", Unit::text, ReportAxis::Scale::categories};
    ReportSeries requests = {"Requests"};
    ReportSeries cold = {"Simulated"};
    ReportSeries recorded = {"Recorded"};
    recorded.dashed = true;
    ReportSeries mean = {"Mean"};
    ReportSeries most = {"Most at once"};
    most.dashed = true;
    for (const Slot& slot : slots) {
        const auto at = static_cast<double>(time.categories.size());
        time.categories.push_back(slot.name);
        requests.points.emplace_back(at, static_cast<double>(slot.requests));
        mean.points.emplace_back(at, slot.mean_alive);
        most.points.emplace_back(at, static_cast<double>(slot.most_alive));
        if (slot.requests == 0) continue;
        cold.points.emplace_back(at, percent_of(slot.cold, slot.requests));
        recorded.points.emplace_back(at, percent_of(slot.recorded_cold, slot.requests));
    }
    const std::string name = simulation.strategies.front().name;
    const auto add = [&](std::string_view what, std::string note, ReportChart::Kind kind, Unit unit,
                         std::vector<ReportSeries> series) {
        ReportChart chart = {fmt::format("{} by {}", what, by_day ? "day" : "hour"), std::move(note), kind};
        chart.x = time;
        chart.y = {"", unit};
        chart.series = std::move(series);
        report.add(chart);
    };
    std::vector<ReportSeries> shares = {std::move(cold)};
    if (compares) shares.push_back(std::move(recorded));
    add("Cold share", "Of the requests of each, '" + name + "'.", ReportChart::Kind::lines, Unit::percent,
        std::move(shares));
    add("Requests", "", ReportChart::Kind::bars, Unit::count, {std::move(requests)});
    add("Contexts", "How many exist, '" + name + "': on average, and the most at one time.",
        ReportChart::Kind::steps, Unit::number, {std::move(mean), std::move(most)});
}

void add_curves(Report& report, const Simulation& simulation) {
    add_gaps(report, *simulation.curves, simulation.truth.known > 0);
    add_expiries(report, simulation);
    add_rates(report, simulation);
}

}  // namespace ballast
