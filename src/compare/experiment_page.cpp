#include "compare/experiment_page.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "base/relative_path.hpp"
#include "base/size.hpp"
#include "compare/experiment_json.hpp"
#include "compare/figures.hpp"

namespace ballast {
namespace {

constexpr std::size_t k_bars_shown = 12;

Cell cell(const std::optional<double>& value) {
    return value ? Cell(*value) : Cell();
}

std::string known(const Way& way) {
    if (way.size_basis == way.time_basis) return std::string(basis_name(way.time_basis));
    return fmt::format("size {}, times {}", basis_name(way.size_basis), basis_name(way.time_basis));
}

class Page {
  public:
    explicit Page(const Experiment& experiment)
        : m_experiment(experiment),
          m_report("What would slim " + printable(experiment.package),
                   experiment.recommendation.sentence + " " + experiment.recommendation.reason) {}

    Report make() {
        add_facts();
        add_ways();
        add_map();
        add_bills();
        add_starts();
        add_bundle();
        add_offload();
        add_changes();
        add_inputs();
        m_report.attach(experiment_json(m_experiment));
        return std::move(m_report);
    }

  private:
    void add_facts() {
        const Way& as_is = m_experiment.ways.front();
        ReportFact size = {"The package", m_experiment.bytes, Unit::bytes};
        size.note = against_limit(m_experiment.bytes, as_is.limit_bytes);
        size.tone = as_is.fits() ? Tone::good : Tone::bad;
        size.part = static_cast<double>(m_experiment.bytes) /
                    static_cast<double>(std::max<std::uint64_t>(as_is.limit_bytes, 1));
        m_report.add(size);
        const Way* advised = m_experiment.find(m_experiment.recommendation.way);
        if (advised == nullptr) return;
        m_report.add(
            ReportFact{"Recommended", advised->name, Unit::text, "see the reasons above", Tone::good});
        if (advised == &as_is) return;
        ReportFact left = {"It then has", *advised->package_bytes, Unit::bytes, {}, Tone::good};
        left.estimated = advised->size_basis != Basis::measured;
        left.part = static_cast<double>(*advised->package_bytes) /
                    static_cast<double>(std::max<std::uint64_t>(advised->limit_bytes, 1));
        m_report.add(left);
        if (!advised->cold_ms) return;
        ReportFact wait = {"A cold start waits longer by", *advised->cold_ms, Unit::milliseconds};
        wait.note = std::string(basis_name(advised->time_basis));
        wait.estimated = advised->time_basis != Basis::measured;
        m_report.add(wait);
    }

    void add_ways() {
        ReportTable table = {"The ways"};
        table.note =
            "Times are what is added to the package as it is; a cold start waits for both. Measured: counted "
            "or timed on the machine that wrote this. Predicted: by Ballast's model. Cited: arithmetic with "
            "figures that others published.";
        table.columns = {{"Way"},
                         {"Package", Unit::bytes},
                         {"To the limit", Unit::change_bytes},
                         {"Cold start", Unit::milliseconds},
                         {"Each invocation", Unit::milliseconds},
                         {"Known"},
                         {"Works"}};
        for (const auto& way : m_experiment.ways) {
            std::vector<Cell> row = {way.name, Cell(), Cell(), Cell(), Cell(), std::string()};
            if (way.tried()) {
                const auto bytes = static_cast<std::int64_t>(*way.package_bytes);
                row = {
                    way.name,          *way.package_bytes, bytes - static_cast<std::int64_t>(way.limit_bytes),
                    cell(way.cold_ms), cell(way.each_ms),  known(way)};
            }
            row.emplace_back(works_text(way));
            table.rows.push_back(std::move(row));
        }
        m_report.add(table);
    }

    void add_map() {
        ReportChart chart = {"Size against cold start",
                             "To the left of the line it may be deployed as a zip; lower is a shorter wait."};
        chart.kind = ReportChart::Kind::points;
        chart.x = {"Package", Unit::bytes};
        chart.y = {"A cold start longer by", Unit::milliseconds};
        for (const Basis basis : {Basis::measured, Basis::predicted, Basis::cited}) {
            ReportSeries series = {std::string(basis_name(basis))};
            for (const auto& way : m_experiment.ways) {
                // An image has a limit of its own.
                if (!way.works() || !way.package_bytes || !way.cold_ms || way.time_basis != basis) continue;
                if (way.limit_bytes != m_experiment.limit_bytes) continue;
                series.points.emplace_back(static_cast<double>(*way.package_bytes),
                                           *way.cold_ms + way.each_ms.value_or(0));
                series.labels.push_back(way.name);
            }
            if (!series.points.empty()) chart.series.push_back(std::move(series));
        }
        chart.limits.push_back({ReportLimit::Axis::x, static_cast<double>(m_experiment.limit_bytes),
                                "limit " + format_size(m_experiment.limit_bytes)});
        m_report.add(chart);
    }

    void add_bills() {
        if (m_experiment.rate.empty()) return;
        ReportTable table = {"Who waits, and the bill", "For " + m_experiment.rate + "; docs/simulate.md."};
        table.columns = {{"Way"},
                         {"Cold", Unit::percent},
                         {"p50", Unit::milliseconds},
                         {"p99", Unit::milliseconds},
                         {"A month", Unit::dollars}};
        ReportChart chart = {"A month"};
        chart.kind = ReportChart::Kind::lying_bars;
        chart.x = {"", Unit::dollars};
        chart.y.scale = ReportAxis::Scale::categories;
        ReportSeries dollars = {"A month"};
        for (const auto& way : m_experiment.ways) {
            if (!way.bill) continue;
            table.rows.push_back({way.name, 100 * way.bill->cold_share, way.bill->p50_ms, way.bill->p99_ms,
                                  way.bill->usd_a_month});
            dollars.points.emplace_back(static_cast<double>(chart.y.categories.size()),
                                        way.bill->usd_a_month);
            chart.y.categories.push_back(way.name);
        }
        m_report.add(table);
        chart.series = {std::move(dollars)};
        m_report.add(chart);
    }

    void add_starts() {
        ReportChart chart = {"What starting a program costs", "Medians of paired starts; shorter is better."};
        chart.kind = ReportChart::Kind::lying_bars;
        chart.x = {"", Unit::milliseconds};
        chart.y.scale = ReportAxis::Scale::categories;
        ReportTable table = {"Programs, packed"};
        table.columns = {{"Program"},
                         {"Packed by"},
                         {"Size", Unit::bytes},
                         {"Packed", Unit::bytes},
                         {"Starts in", Unit::milliseconds},
                         {"Packed, in", Unit::milliseconds},
                         {"Says"}};
        std::vector<ReportSeries> series = {{"as it is"}};
        for (const Packer packer : k_packers) series.push_back({std::string(packer_name(packer))});
        for (const auto& one : m_experiment.executables) {
            if (!one.timed) continue;
            const auto at = static_cast<double>(chart.y.categories.size());
            bool drawn = false;
            for (std::size_t p = 0; p < k_packers.size(); ++p) {
                const PackedFile* file = m_experiment.packed[p].find(one.path);
                if (file == nullptr) continue;
                const std::string says = !file->fault.empty()     ? file->fault
                                         : !file->refused.empty() ? file->refused
                                         : !one.fault.empty()     ? one.fault
                                                                  : one.argument;
                table.rows.push_back({one.path, std::string(packer_name(k_packers[p])), file->before,
                                      file->after, file->start ? Cell(file->start->plain_ms) : Cell(),
                                      file->start ? Cell(file->start->changed_ms) : Cell(), says});
                if (!file->start || chart.y.categories.size() >= k_bars_shown) continue;
                if (!drawn) series[0].points.emplace_back(at, file->start->plain_ms);
                drawn = true;
                series[p + 1].points.emplace_back(at, file->start->changed_ms);
            }
            if (drawn) chart.y.categories.push_back(one.path);
        }
        for (auto& one : series) {
            if (!one.points.empty()) chart.series.push_back(std::move(one));
        }
        if (!chart.series.empty()) m_report.add(chart);
        m_report.add(table);
    }

    void add_bundle() {
        const NodeBundle& bundle = m_experiment.bundle;
        ReportTable kept = {"What esbuild leaves in node_modules"};
        kept.columns = {{"Package"}, {"Why"}};
        for (const auto& one : bundle.kept) kept.rows.push_back({one.path, one.reason});
        m_report.add(kept);
        ReportTable dynamic = {"What esbuild cannot follow",
                               "Look at each: what it names when it runs must be there."};
        dynamic.columns = {{"Where, and what"}};
        for (const auto& one : bundle.dynamic) dynamic.rows.push_back({one});
        m_report.add(dynamic);
    }

    void add_offload() {
        const OffloadPrediction& offload = m_experiment.offload;
        if (!offload.missing.empty()) return;
        ReportTable table = {"Offloaded"};
        const auto& measured = m_experiment.offload_measured;
        table.note = measured ? fmt::format("Measured from {}, medians of {}.", printable(measured->store),
                                            measured->rounds)
                              : "With a store (--store) it is measured, too.";
        table.columns = {{"What a start hydrates"},
                         {"Size", Unit::bytes},
                         {"Files", Unit::count},
                         {"≈ to fetch", Unit::bytes},
                         {"≈ network", Unit::milliseconds},
                         {"≈ cores", Unit::milliseconds},
                         {"≈ cold start", Unit::milliseconds},
                         {"Measured", Unit::milliseconds}};
        for (const auto& part : offload.parts) {
            table.rows.push_back({part.group.empty() ? std::string("all of the tree") : part.group,
                                  part.bytes, part.work.files, part.work.compressed_bytes,
                                  1000 * part.estimate.network, 1000 * part.estimate.cores,
                                  1000 * part.estimate.total,
                                  cell(measured ? measured->cold_ms_of(part.group) : std::nullopt)});
        }
        m_report.add(table);
    }

    void add_changes() {
        ReportTable table = {"What has to be done"};
        table.columns = {{"Way"}, {"What"}};
        for (const auto& way : m_experiment.ways) {
            if (!way.tried()) continue;
            for (const auto& change : way.changes) table.rows.push_back({way.name, change});
        }
        m_report.add(table);
    }

    void add_inputs() {
        ReportTable table = {"What was assumed", "docs/compare.md says where each number is from."};
        table.columns = {{"Input"}, {"Value", Unit::number}, {"Unit"}};
        for (const auto& input : model_inputs(m_experiment))
            table.rows.push_back(
                {std::string(input.title), input.factor * input.value, std::string(input.unit)});
        m_report.add(table);
    }

    const Experiment& m_experiment;
    Report m_report;
};

}  // namespace

Report experiment_page(const Experiment& experiment) {
    return Page(experiment).make();
}

}  // namespace ballast
