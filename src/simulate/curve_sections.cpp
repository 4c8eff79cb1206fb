#include "simulate/curve_sections.hpp"

#include <fmt/format.h>

#include "base/share.hpp"
#include "base/size.hpp"

namespace ballast {
namespace {

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
    const auto add = [&](std::string name, const GapRow& row) {
        auto& cells = table.rows.emplace_back();
        cells = {std::move(name), row.requests, row.cold, percent_cell(row.cold, row.requests)};
        if (!recorded) return;
        cells.emplace_back(row.recorded_cold);
        cells.push_back(percent_cell(row.recorded_cold, row.known));
    };
    ReportChart shares = {"Cold share against idle gap",
                          "Of the requests that came after the function had been idle for so long."};
    shares.x = {"idle before the request", Unit::text, ReportAxis::Scale::categories};
    shares.y = {"cold", Unit::percent};
    ReportSeries simulated = {"Simulated"};
    ReportSeries truth = {"Recorded"};
    ReportChart counts = {"Requests by idle gap", "How often such a gap comes before a request."};
    counts.x = shares.x;
    counts.y = {"", Unit::count};
    ReportSeries requests = {"Requests"};
    // Where gaps end that the log does not have.
    std::size_t end = curves.gaps.size();
    while (end > 0 && curves.gaps[end - 1].requests == 0) --end;
    for (std::size_t i = 0; i <= end; ++i) {
        const GapRow& row = i == 0 ? curves.in_flight : curves.gaps[i - 1];
        const std::string name = i == 0 ? "in flight" : gap_text(row);
        const auto at = static_cast<double>(i);
        add(name, row);
        shares.x.categories.push_back(name);
        counts.x.categories.push_back(name);
        requests.points.emplace_back(at, static_cast<double>(row.requests));
        if (row.requests > 0) simulated.points.emplace_back(at, percent_of(row.cold, row.requests));
        if (row.known > 0) truth.points.emplace_back(at, percent_of(row.recorded_cold, row.known));
    }
    if (simulated.points.empty()) return;
    shares.series.push_back(std::move(simulated));
    if (!truth.points.empty()) shares.series.push_back(std::move(truth));
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

void add_curves(Report& report, const Simulation& simulation) {
    add_gaps(report, *simulation.curves, simulation.truth.known > 0);
    add_expiries(report, simulation);
    add_rates(report, simulation);
}

}  // namespace ballast
