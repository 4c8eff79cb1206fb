#include "compare/experiment_text.hpp"

#include <fmt/format.h>

#include "base/first_of.hpp"
#include "base/markdown.hpp"
#include "base/relative_path.hpp"
#include "base/size.hpp"
#include "compare/figures.hpp"

namespace ballast {
namespace {

constexpr std::size_t k_listed = 12;

std::string limit_text(const Way& way) {
    if (!way.package_bytes) return {};
    const std::uint64_t bytes = *way.package_bytes;
    return bytes <= way.limit_bytes ? format_size(way.limit_bytes - bytes) + " under"
                                    : format_size(bytes - way.limit_bytes) + " over";
}

class Text {
  public:
    Text(const Experiment& experiment, Colours colours) : m_experiment(experiment), m_colours(colours) {}

    std::string write() {
        m_text = fmt::format("{}: {} in {}, limit {}\n\n", printable(m_experiment.package),
                             format_size(m_experiment.bytes), counted(m_experiment.files, "file"),
                             format_size(m_experiment.limit_bytes));
        add_ways();
        add_executables();
        add_bundle();
        add_offload();
        add_changes();
        m_text +=
            "\n" + m_experiment.recommendation.sentence + "\n" + m_experiment.recommendation.reason + "\n";
        return std::move(m_text);
    }

  private:
    void add_ways() {
        const bool bills = !m_experiment.rate.empty();
        std::vector<Column> columns = {"way", right("package"), right("limit"), right("cold start"),
                                       right("each invocation")};
        if (bills) columns.insert(columns.end(), {right("cold"), right("p99"), right("a month")});
        columns.emplace_back("works");
        Table table(columns);
        for (const auto& way : m_experiment.ways) {
            std::vector<std::string> row = {printable(way.name), "", "", "", ""};
            if (way.tried()) {
                row = {printable(way.name), marked(way.size_basis, format_size(*way.package_bytes)),
                       limit_text(way), marked_added(way, way.cold_ms), marked_added(way, way.each_ms)};
            }
            if (bills && way.bill) {
                row.insert(row.end(), {fmt::format("{:.2f} %", 100 * way.bill->cold_share),
                                       format_ms(way.bill->p99_ms), format_usd(way.bill->usd_a_month)});
            } else if (bills) {
                row.insert(row.end(), {"", "", ""});
            }
            row.push_back(printable(works_text(way)));
            table.add_row(std::move(row));
        }
        m_text += table.to_string(m_colours);
        m_text +=
            "\nMeasured here, but for \u2248 predicted and ~ arithmetic with figures of others. Times are "
            "what is added to the\npackage as it is; a cold start waits for both columns.";
        m_text += bills ? " Bills and waits are for " + m_experiment.rate + ".\n"
                        : " With --rate or --trace: who waits, and the bill.\n";
    }

    void add_executables() {
        std::vector<Column> columns = {"program", "argument", right("as it is")};
        for (const Packer packer : k_packers) {
            if (!is_tried(packer)) continue;
            columns.push_back(right(std::string(packer_name(packer))));
            columns.push_back(right("a start"));
        }
        Table table(columns);
        std::size_t rows = 0;
        for (const auto& one : m_experiment.executables) {
            if (!one.timed) continue;
            ++rows;
            std::vector<std::string> row = {printable(one.path), printable(one.argument),
                                            format_size(one.bytes)};
            if (!one.fault.empty()) row[1] = printable(one.fault);
            for (const Packer packer : k_packers) {
                if (is_tried(packer)) add_cells(packer, one.path, row);
            }
            table.add_row(std::move(row));
        }
        if (rows == 0) return;
        m_text += fmt::format("\nStarting programs ({} of {}), medians of pairs:\n\n", rows,
                              m_experiment.executables.size());
        m_text += table.to_string(m_colours);
    }

    bool is_tried(Packer packer) const { return !m_experiment.packed_by(packer).tool.empty(); }

    void add_cells(Packer packer, const std::string& path, std::vector<std::string>& row) const {
        const PackedFile* file = m_experiment.packed_by(packer).find(path);
        if (file == nullptr) {
            row.insert(row.end(), {"nothing to do", ""});
            return;
        }
        row.push_back(file->refused.empty() ? format_size(file->after) : "refused");
        row.push_back(file->start ? format_starts(*file->start) : file->fault.empty() ? "" : "fails");
    }

    void add_bundle() {
        const NodeBundle& bundle = m_experiment.bundle;
        if (!bundle.missing.empty()) return;
        m_text += fmt::format("\nesbuild: {} became {} in place of {} with {}",
                              printable(bundle.entries.front()), format_size(bundle.bundle_bytes),
                              counted(bundle.replaced_files, "file"), format_size(bundle.replaced_bytes));
        if (bundle.load) {
            m_text += "; loading it " + format_starts(*bundle.load);
        } else if (!bundle.load_fault.empty()) {
            m_text += "; " + printable(bundle.load_fault);
        }
        m_text += "\n";
        for (const auto& one : bundle.kept)
            m_text += fmt::format("  stays: {}: {}\n", printable(one.path), printable(one.reason));
        for (const auto& one : first_of(bundle.dynamic, k_listed))
            m_text += "  look at: " + printable(one) + "\n";
        if (bundle.dynamic.size() > k_listed)
            m_text += fmt::format("  and {} more, in --json\n", bundle.dynamic.size() - k_listed);
    }

    void add_offload() {
        const OffloadPrediction& offload = m_experiment.offload;
        if (!offload.missing.empty()) return;
        const OffloadPart& all = offload.parts.front();
        const TimeModel& model = m_experiment.model;
        m_text += fmt::format(
            "\nOffloaded: {} in {}, {} to fetch: network {}, cores {}, first byte {}\n"
            "  with {} at {}/s, then {}/s; {:g} cores, of which each decodes {}/s of zstd\n",
            format_size(offload.leaving_bytes), counted(offload.leaving_files, "file"),
            format_size(all.work.compressed_bytes), format_ms(1000 * all.estimate.network),
            format_ms(1000 * all.estimate.cores), format_ms(1000 * model.first_byte_seconds),
            rate_text(model.burst_bytes), rate_text(model.burst_rate), rate_text(model.base_rate),
            model.cores, rate_text(model.zstd_decode_rate));
        if (const auto& measured = m_experiment.offload_measured) {
            m_text += fmt::format(
                "  measured from {}: {} (medians of {}; predicted {}); {} when the tree is there\n",
                printable(measured->store), format_ms(measured->parts.front().cold_ms), measured->rounds,
                format_ms(1000 * all.estimate.total), format_ms(measured->warm_ms));
        }
        if (!m_experiment.offload_fault.empty())
            m_text += "  could not be measured: " + printable(m_experiment.offload_fault) + "\n";
    }

    static std::string rate_text(double bytes) { return format_size(static_cast<std::uint64_t>(bytes)); }

    void add_changes() {
        m_text += "\nWhat has to be done:\n";
        for (const auto& way : m_experiment.ways) {
            if (!way.tried() || way.changes.empty() || way.id.starts_with("offloaded:")) continue;
            m_text += fmt::format("  {}: {}\n", printable(way.name), fmt::join(way.changes, "; "));
        }
    }

    const Experiment& m_experiment;
    Colours m_colours;
    std::string m_text;
};

}  // namespace

std::string experiment_text(const Experiment& experiment, Colours colours) {
    return Text(experiment, colours).write();
}

std::string experiment_markdown(const Experiment& experiment) {
    const bool bills = !experiment.rate.empty();
    std::string text =
        fmt::format("**{}** {}\n\n| way | package | limit | cold start | each invocation |{}\n",
                    experiment.recommendation.sentence, experiment.recommendation.reason,
                    bills ? " cold | a month |" : "");
    text += fmt::format("| --- | ---: | --- | ---: | ---: |{}\n", bills ? " ---: | ---: |" : "");
    for (const auto& way : experiment.ways) {
        if (!way.tried()) {
            text += fmt::format("| {} | not tried: {} | | | |{}\n", markdown_text(way.name),
                                markdown_text(way.missing), bills ? " | |" : "");
            continue;
        }
        text += fmt::format("| {} | {} | {} | {} | {} |", markdown_text(way.name),
                            marked(way.size_basis, format_size(*way.package_bytes)),
                            !way.works()            ? "does not work"
                            : !way.untested.empty() ? "not tested"
                            : way.fits()            ? "under"
                                                    : "**over**",
                            marked_added(way, way.cold_ms), marked_added(way, way.each_ms));
        if (bills && way.bill) {
            text += fmt::format(" {:.2f} % | {} |", 100 * way.bill->cold_share,
                                format_usd(way.bill->usd_a_month));
        } else if (bills) {
            text += " | |";
        }
        text += "\n";
    }
    return text +
           "\nMeasured, but for ≈ predicted and ~ arithmetic. Times are what is added to the package as it "
           "is.\n";
}

}  // namespace ballast
