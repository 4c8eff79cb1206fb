#include "simulate/hour_sections.hpp"

#include <algorithm>
#include <optional>

#include "base/share.hpp"
#include "simulate/simulation_page.hpp"
#include "simulate/simulation_text.hpp"

namespace ballast {
namespace {

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
    ReportChart shares = {by_day ? "Cold share by day" : "Cold share by hour",
                          "Of the requests of each, '" + name + "'."};
    shares.kind = ReportChart::Kind::lines;
    shares.x = time;
    shares.y = {"", Unit::percent};
    shares.series.push_back(std::move(cold));
    if (compares) shares.series.push_back(std::move(recorded));
    report.add(shares);

    ReportChart rate = {by_day ? "Requests by day" : "Requests by hour"};
    rate.x = time;
    rate.y = {"", Unit::count};
    rate.series.push_back(std::move(requests));
    report.add(rate);

    ReportChart contexts = {by_day ? "Contexts by day" : "Contexts by hour",
                            "How many exist, '" + name + "': on average, and the most at one time."};
    contexts.kind = ReportChart::Kind::steps;
    contexts.x = time;
    contexts.y = {"", Unit::number};
    contexts.series.push_back(std::move(mean));
    contexts.series.push_back(std::move(most));
    report.add(contexts);
}

}  // namespace ballast
