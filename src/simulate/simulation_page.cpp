#include "simulate/simulation_page.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "base/relative_path.hpp"
#include "base/share.hpp"
#include "base/size.hpp"
#include "simulate/chart_sections.hpp"
#include "simulate/simulation_json.hpp"
#include "simulate/simulation_text.hpp"

namespace ballast {
namespace {

// "recorded + 412 ms, 2 ms each invocation"
std::string added_text(const Strategy& strategy) {
    const auto change = [](std::int64_t us) {
        return (us < 0 ? "− " : "+ ") + format_span_us(static_cast<double>(us < 0 ? -us : us));
    };
    std::string text = strategy.cold ? cold_text(strategy) : "recorded";
    if (!strategy.cold && strategy.recorded_plus_us != 0) text += " " + change(strategy.recorded_plus_us);
    if (strategy.each_us != 0) text += ", " + change(strategy.each_us) + " each invocation";
    if (strategy.warm_us != 0) text += ", " + change(strategy.warm_us) + " when warm";
    return text;
}

void add_times(ReportTable& table, std::initializer_list<const char*> titles) {
    for (const auto* title : titles) table.columns.push_back({title, Unit::milliseconds});
}

// Builds the sections, in the order in which a reader asks.
class Page {
  public:
    explicit Page(const Simulation& simulation)
        : m_simulation(simulation),
          m_first(simulation.strategies.front()),
          m_report("Who waits: " + title_of(simulation.input),
                   log_text(simulation) + ", as 'ballast simulate' found it") {}

    Report make() {
        add_facts();
        add_strategies();
        add_latency();
        add_money();
        add_help();
        add_truth();
        add_hours(m_report, m_simulation);
        add_curves(m_report, m_simulation);
        add_assumptions();
        m_report.attach(simulation_json(m_simulation));
        return std::move(m_report);
    }

  private:
    // Of a file its name, which a phone has room for.
    static std::string title_of(const std::string& input) {
        return printable(std::string_view(input).substr(input.rfind('/') + 1));
    }

    void add_facts() {
        const LogTruth& truth = m_simulation.truth;
        m_report.add(ReportFact{
            "Wait for a new context", 100 * m_first.cold_share(), Unit::percent,
            fmt::format("simulated: {} of {}", format_count(m_first.cold), format_count(m_first.requests))});
        if (truth.known > 0) {
            m_report.add(
                ReportFact{"Cold in the log", percent_of(truth.cold, truth.known), Unit::percent,
                           fmt::format("{} of {}", format_count(truth.cold), format_count(truth.known))});
        }
        m_report.add(
            ReportFact{"They wait", m_first.wait.mean_ms, Unit::milliseconds,
                       fmt::format("on average; {} at most", milliseconds_text(m_first.wait.most_ms))});
        m_report.add(ReportFact{"Contexts", m_first.mean_alive, Unit::number,
                                fmt::format("on average; {} at most", format_count(m_first.most_alive))});
        m_report.add(ReportFact{"Costs a month", m_first.money.a_month, Unit::dollars,
                                fmt::format("{}, {}", k_prices_region, k_prices_date)});
        if (m_first.rejected > 0) {
            m_report.add(ReportFact{"Rejected", percent_of(m_first.rejected, m_first.requests), Unit::percent,
                                    counted(m_first.rejected, "request"), Tone::bad});
        }
    }

    void add_strategies() {
        ReportTable table = {
            "Strategies",
            "Wait: what a cold start adds, on average. p50 to p99.9: of all requests, wait and "
            "duration. Contexts: on average, and the most of one function at once."};
        table.columns = {{"Strategy"}, {"What it adds"}, {"Cold", Unit::count}, {"Share", Unit::percent}};
        add_times(table, {"Wait", "p50", "p90", "p99", "p99.9"});
        table.columns.insert(table.columns.end(),
                             {{"Contexts", Unit::number}, {"Most", Unit::count}, {"A month", Unit::dollars}});
        for (const auto& outcome : m_simulation.strategies) {
            const Spread& latency = outcome.latency;
            table.rows.push_back({outcome.name, added_text(outcome.rules.strategy), outcome.cold,
                                  100 * outcome.cold_share(), outcome.wait.mean_ms, latency.p50_ms,
                                  latency.p90_ms, latency.p99_ms, latency.p999_ms, outcome.mean_alive,
                                  outcome.most_alive, outcome.money.a_month});
        }
        m_report.add(table);
        ReportTable left_out = {"Not simulated", "They are in the comparison."};
        left_out.columns = {{"Strategy"}, {"Why"}};
        for (const auto& one : m_simulation.left_out) left_out.rows.push_back({one.name, one.why});
        m_report.add(left_out);
    }

    void add_latency() {
        if (m_first.latency.count == 0) return;
        ReportChart chart = {
            "How long requests take",
            "Wait and duration: half of all requests take no longer than p50, one in a thousand "
            "longer than p99.9."};
        chart.kind = ReportChart::Kind::lines;
        chart.x.scale = ReportAxis::Scale::categories;
        chart.x.categories = {"p50", "p90", "p99", "p99.9"};
        chart.y = {"", Unit::milliseconds, ReportAxis::Scale::logarithmic};
        for (const auto& outcome : m_simulation.strategies) {
            ReportSeries series = {outcome.name};
            const Spread& latency = outcome.latency;
            double x = 0;
            for (const double ms : {latency.p50_ms, latency.p90_ms, latency.p99_ms, latency.p999_ms}) {
                // A logarithm has no place for 0.
                if (ms > 0) series.points.emplace_back(x, ms);
                ++x;
            }
            if (!series.points.empty()) chart.series.push_back(std::move(series));
        }
        if (!chart.series.empty()) m_report.add(chart);
    }

    void add_money() {
        struct Part {
            const char* title;
            double (*usd)(const Money&);
        };
        // They add up to the total.
        constexpr std::array k_parts = {
            Part{"Handler", [](const Money& money) { return money.compute - money.init - money.pings; }},
            Part{"Init", [](const Money& money) { return money.init; }},
            Part{"Requests", [](const Money& money) { return money.requests; }},
            Part{"Provisioned", [](const Money& money) { return money.provisioned; }},
            Part{"/tmp", [](const Money& money) { return money.tmp; }},
            Part{"Store and other", [](const Money& money) { return money.other; }}};
        ReportChart chart = {"What it costs a month", "At the log's rate."};
        chart.kind = ReportChart::Kind::lying_stacked_bars;
        chart.x = {"", Unit::dollars};
        chart.y.scale = ReportAxis::Scale::categories;
        ReportTable table = {"What it costs",
                             "For the log's length; a month is 30 days at its rate. Without free tier."};
        table.columns = {{"Strategy"}};
        const auto& strategies = m_simulation.strategies;
        for (const auto& outcome : strategies) {
            chart.y.categories.push_back(outcome.name);
            table.rows.push_back({outcome.name});
        }
        const auto add_column = [&](const char* title, const auto& usd) {
            table.columns.push_back({title, Unit::dollars});
            for (std::size_t i = 0; i < strategies.size(); ++i)
                table.rows[i].emplace_back(usd(strategies[i].money));
        };
        for (const auto& part : k_parts) {
            const auto spent = [&](const Outcome& outcome) { return part.usd(outcome.money) > 0; };
            if (std::ranges::none_of(strategies, spent)) continue;
            add_column(part.title, part.usd);
            ReportSeries series = {part.title};
            for (const auto& outcome : strategies) {
                const Money& money = outcome.money;
                const double month = money.total > 0 ? part.usd(money) * money.a_month / money.total : 0;
                series.points.emplace_back(static_cast<double>(series.points.size()), month);
            }
            chart.series.push_back(std::move(series));
        }
        add_column("Total", [](const Money& money) { return money.total; });
        add_column("A month", [](const Money& money) { return money.a_month; });
        const bool any = std::ranges::any_of(
            m_simulation.strategies, [](const Outcome& outcome) { return outcome.money.a_month > 0; });
        if (any) m_report.add(chart);
        m_report.add(table);
    }

    void add_help() {
        if (m_simulation.pings.empty() && m_simulation.provisioned.empty()) return;
        const std::string first = printable(m_first.name);
        ReportTable table = {"What pings and provisioned contexts would buy",
                             "Tried on '" + first + "'. More: than that costs a month."};
        table.columns = {{"What"},
                         {"Cold", Unit::count},
                         {"Share", Unit::percent},
                         {"p99", Unit::milliseconds},
                         {"p99.9", Unit::milliseconds},
                         {"A month", Unit::dollars},
                         {"More", Unit::dollars}};
        ReportChart chart = {"Cold starts against money", "Down and to the left is better."};
        chart.kind = ReportChart::Kind::points;
        chart.x = {"a month", Unit::dollars};
        chart.y = {"cold", Unit::percent};
        const auto add_row = [&](const Outcome& outcome, const std::string& name) {
            table.rows.push_back({name, outcome.cold, 100 * outcome.cold_share(), outcome.latency.p99_ms,
                                  outcome.latency.p999_ms, outcome.money.a_month,
                                  outcome.money.a_month - m_first.money.a_month});
        };
        const auto add_points = [&](const char* title, const std::vector<Outcome>& outcomes) {
            if (outcomes.empty()) return;
            ReportSeries& series = chart.series.emplace_back();
            series.name = title;
            for (const auto& outcome : outcomes) {
                series.points.emplace_back(outcome.money.a_month, 100 * outcome.cold_share());
                series.labels.push_back(outcome.name);
            }
        };
        add_row(m_first, m_first.name + ", nothing else");
        for (const auto& outcome : m_simulation.pings) add_row(outcome, outcome.name);
        for (const auto& outcome : m_simulation.provisioned) add_row(outcome, outcome.name);
        add_points("Strategies", m_simulation.strategies);
        add_points("Pings", m_simulation.pings);
        add_points("Provisioned", m_simulation.provisioned);
        m_report.add(table);
        m_report.add(chart);
    }

    void add_truth() {
        const LogTruth& truth = m_simulation.truth;
        if (truth.known == 0) return;
        std::string note =
            "Simulated is '" + printable(m_first.name) +
            "'. Lambda also initialises contexts ahead of need, so an init time in a log does not prove that "
            "anyone waited.";
        if (truth.failed_inits > 0)
            note += fmt::format(" {} more inits ran too long or failed.", format_count(truth.failed_inits));
        ReportTable table = {"The log's own truth", std::move(note)};
        table.columns = {
            {"Cold starts"}, {"Cold", Unit::count}, {"Of", Unit::count}, {"Share", Unit::percent}};
        const bool has_init = truth.init.count > 0;
        if (has_init) add_times(table, {"Wait", "p50", "p90", "p99", "Most"});
        const auto add = [&](const char* what, std::uint64_t cold, std::uint64_t of, const Spread& init) {
            auto& row = table.rows.emplace_back();
            row = {std::string(what), cold, of, percent_of(cold, of)};
            if (!has_init) return;
            for (const double ms : {init.mean_ms, init.p50_ms, init.p90_ms, init.p99_ms, init.most_ms})
                row.emplace_back(ms);
        };
        add("recorded", truth.cold, truth.known, truth.init);
        add("simulated", m_first.cold, m_first.requests, m_first.wait);
        m_report.add(table);
    }

    void add_assumptions() {
        const SimulateOptions& options = m_simulation.options;
        ReportTable table = {"What was assumed",
                             "Simulations, not promises: what AWS does inside is not published."};
        table.columns = {{"What"}, {"Value"}};
        table.rows.push_back({"platform", platform_text(options.platform)});
        table.rows.push_back({"init where none is recorded", options.init.to_string()});
        table.rows.push_back({"prices", prices_text(options)});
        table.rows.push_back({"seed", std::to_string(options.seed)});
        m_report.add(table);
    }

    const Simulation& m_simulation;
    const Outcome& m_first;
    Report m_report;
};

}  // namespace

Report simulation_page(const Simulation& simulation) {
    return Page(simulation).make();
}

}  // namespace ballast
