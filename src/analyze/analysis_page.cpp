#include "analyze/analysis_page.hpp"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "analyze/analysis_json.hpp"
#include "analyze/baseline_report.hpp"
#include "base/first_of.hpp"
#include "base/relative_path.hpp"
#include "base/share.hpp"
#include "base/size.hpp"

namespace ballast {
namespace {

constexpr std::size_t k_page_paths = 3;  // of equal files; --json has more
constexpr std::size_t k_bars_shown = 12;

ReportFact limit_fact(const std::string& label, const SizeCheck& check) {
    ReportFact fact = {label, check.bytes, Unit::bytes};
    fact.note = against_limit(check.bytes, check.limit_bytes);
    fact.tone = check.is_over() ? Tone::bad : Tone::good;
    fact.estimated = check.estimated;
    fact.part = check.limit_bytes == 0
                    ? 1
                    : static_cast<double>(check.bytes) / static_cast<double>(check.limit_bytes);
    return fact;
}

ReportTreemap::Node node_of(const AnalysisNode& node) {
    ReportTreemap::Node made = {node.name, node.bytes, node.compressed_bytes, node.files,
                                static_cast<std::size_t>(node.category)};
    for (const auto& child : node.children) made.children.push_back(node_of(child));
    return made;
}

// Builds the sections, in the order in which a reader asks.
class Page {
  public:
    Page(const Analysis& analysis, const std::optional<Comparison>& comparison)
        : m_analysis(analysis),
          m_comparison(comparison),
          m_zipped(analysis.compressed_estimated ? "≈ zipped" : "zipped"),
          m_report("What fills " + printable(analysis.package),
                   fmt::format("{} in {}, as 'ballast analyze' found it", format_size(analysis.bytes),
                               counted(analysis.files, "file"))) {}

    Report make() {
        add_facts();
        add_comparison();
        add_categories();
        add_treemap();
        add_layers();
        add_leftovers();
        add_packages();
        add_duplicates();
        add_biggest();
        add_extensions();
        add_lacks();
        auto json = analysis_json(m_analysis);
        if (m_comparison) json["baseline"] = comparison_json(*m_comparison);
        m_report.attach(json);
        return std::move(m_report);
    }

  private:
    void add_facts() {
        const std::string unzipped = m_analysis.image            ? "Image"
                                     : m_analysis.layers.empty() ? "Unzipped"
                                                                 : "Unzipped, with layers";
        m_report.add(limit_fact(unzipped, m_analysis.unzipped));
        if (m_analysis.zipped) m_report.add(limit_fact("Zipped, for a direct upload", *m_analysis.zipped));
        m_report.add(ReportFact{"Files", m_analysis.files, Unit::count,
                                counted(m_analysis.directories, "directory", "directories") + ", " +
                                    counted(m_analysis.symlinks, "symlink")});
        if (m_comparison) {
            m_report.add(ReportFact{"Since the baseline", m_comparison->bytes(), Unit::change_bytes,
                                    format_growth(m_comparison->before, m_comparison->after),
                                    m_comparison->is_over() ? Tone::bad : Tone::plain});
        }
        if (!m_analysis.lacks.empty()) {
            m_report.add(ReportFact{"Will not run on Lambda",
                                    static_cast<std::uint64_t>(m_analysis.lacks.size()), Unit::count,
                                    "files; see the end", Tone::bad});
        }
    }

    void add_comparison() {
        if (!m_comparison) return;
        const std::string since = "Since " + printable(m_comparison->baseline) + ".";
        ReportTable packages = {"What changed, by package", since};
        packages.columns = {{"Package"},          {"Version before"},
                            {"Version now"},      {"Before", Unit::bytes},
                            {"Now", Unit::bytes}, {"Change", Unit::change_bytes}};
        for (const auto& change : m_comparison->packages) {
            packages.rows.push_back({change.name, change.version_before, change.version_after, before(change),
                                     now(change), change.bytes()});
        }
        m_report.add(packages);
        ReportTable extensions = {"What changed, by extension", since};
        extensions.columns = {
            {"Extension"}, {"Before", Unit::bytes}, {"Now", Unit::bytes}, {"Change", Unit::change_bytes}};
        for (const auto& change : m_comparison->extensions) {
            extensions.rows.push_back(
                {change.name.empty() ? "(none)" : change.name, before(change), now(change), change.bytes()});
        }
        m_report.add(extensions);
    }

    static Cell before(const PartChange& change) { return change.was_there ? Cell(change.before) : Cell(); }
    static Cell now(const PartChange& change) { return change.is_there ? Cell(change.after) : Cell(); }

    void add_categories() {
        ReportTable table = {"By category"};
        table.columns = {{"Category"},
                         {"Size", Unit::bytes},
                         {"Share", Unit::percent},
                         {m_zipped, Unit::bytes},
                         {"Files", Unit::count}};
        for (const auto& part : m_analysis.categories) {
            table.rows.push_back({std::string(category_title(part.category)), part.bytes,
                                  part.hundredths / 100.0, part.compressed_bytes, part.files});
        }
        table.total = {std::string("all"), m_analysis.bytes, m_analysis.bytes > 0 ? 100.0 : 0.0,
                       m_analysis.compressed_bytes, m_analysis.files};
        m_report.add(table);
    }

    void add_treemap() {
        if (!m_analysis.tree || m_analysis.bytes == 0) return;
        ReportTreemap treemap = {
            "Where it is",
            "Click a directory to look into it, and its path above to come back. The smallest files of "
            "a directory are joined."};
        treemap.size_title = "Size";
        treemap.other_title = "Zipped";
        for (const Category category : k_categories) treemap.kinds.emplace_back(category_title(category));
        treemap.top = node_of(*m_analysis.tree);
        m_report.add(treemap);
    }

    void add_layers() {
        ReportTable layers = {"Layers", "They count into the limit beside the package."};
        layers.columns = {{"Layer"}, {"Size", Unit::bytes}, {"Files", Unit::count}};
        for (const auto& layer : m_analysis.layers)
            layers.rows.push_back({layer.path, layer.bytes, layer.files});
        m_report.add(layers);
        if (!m_analysis.image) return;
        ReportTable image = {
            "The image's layers",
            "Hidden is what a later layer replaces or removes: it is transferred, and never seen."};
        image.columns = {{"#", Unit::count},
                         {"Size", Unit::bytes},
                         {"Hidden", Unit::bytes},
                         {"Files", Unit::count},
                         {"Made by"}};
        for (std::size_t i = 0; i < m_analysis.image->layers.size(); ++i) {
            const ImageLayer& layer = m_analysis.image->layers[i];
            image.rows.push_back({static_cast<std::uint64_t>(i + 1), layer.bytes, layer.hidden_bytes,
                                  layer.files, layer.command.empty() ? layer.name : layer.command});
        }
        m_report.add(image);
    }

    void add_leftovers() {
        ReportTable table = {
            "Probably not needed at run time",
            "Found by names and places, and by the sections of ELF files. Rows may tell of the same "
            "bytes. Look before you remove: some programs read their own documentation."};
        table.columns = {{"What"},
                         {"Size", Unit::bytes},
                         {"Share", Unit::percent},
                         {"Files", Unit::count},
                         {"The biggest"}};
        for (const auto& part : m_analysis.removable()) {
            table.rows.push_back({std::string(part.what), part.bytes,
                                  percent_of(part.bytes, m_analysis.bytes), part.files, part.biggest});
        }
        m_report.add(table);

        ReportTable files = {"What strip would take away"};
        files.columns = {
            {"File"}, {"Size", Unit::bytes}, {"Debug information", Unit::bytes}, {"Symbols", Unit::bytes}};
        for (const auto& file : m_analysis.strippable.biggest)
            files.rows.push_back({file.path, file.bytes, file.debug_bytes, file.symbol_bytes});
        m_report.add(files);
    }

    void add_packages() {
        ReportTable table = {"Installed packages"};
        table.columns = {
            {"Package"}, {"Version"}, {"Size", Unit::bytes}, {m_zipped, Unit::bytes}, {"Files", Unit::count},
            {"In"}};
        for (const auto& part : m_analysis.packages) {
            table.rows.push_back({part.package.name, part.package.version, part.bytes, part.compressed_bytes,
                                  part.files, part.package.path});
        }
        m_report.add(table);
        ReportTable copies = {"Packages that are there more than once"};
        copies.columns = {{"Package"},
                          {"Versions"},
                          {"Copies", Unit::count},
                          {"Size of all", Unit::bytes},
                          {"All but the largest", Unit::bytes}};
        for (const auto& one : m_analysis.package_copies) {
            copies.rows.push_back({one.name, one.versions_title(), static_cast<std::uint64_t>(one.copies),
                                   one.bytes, one.extra_bytes});
        }
        m_report.add(copies);
    }

    void add_duplicates() {
        const DuplicateFiles& all = m_analysis.duplicate_files;
        ReportTable table = {"Files that are there more than once",
                             fmt::format("{} of files are further copies.", format_size(all.extra_bytes))};
        table.columns = {{"Extra", Unit::bytes}, {"Each", Unit::bytes}, {"Copies", Unit::count}, {"Paths"}};
        for (const auto& set : all.biggest) {
            std::string paths;
            for (const auto& path : first_of(set.paths, k_page_paths))
                paths += (paths.empty() ? "" : "  ·  ") + printable(path);
            if (set.copies > k_page_paths)
                paths += fmt::format("  ·  and {} more", format_count(set.copies - k_page_paths));
            table.rows.push_back({set.extra_bytes, set.bytes, set.copies, paths});
        }
        m_report.add(table);
    }

    void add_biggest() {
        for (const auto& [title, list] :
             {std::pair("The biggest files", &m_analysis.biggest_files),
              std::pair("The biggest directories", &m_analysis.biggest_directories)}) {
            ReportTable table = {title};
            table.columns = {{"Path"},
                             {"Size", Unit::bytes},
                             {"Share", Unit::percent},
                             {m_zipped, Unit::bytes},
                             {"Category"}};
            for (const auto& entry : *list) {
                table.rows.push_back({entry.path, entry.bytes, percent_of(entry.bytes, m_analysis.bytes),
                                      entry.compressed_bytes, std::string(category_title(entry.category))});
            }
            m_report.add(table);
        }
    }

    void add_extensions() {
        ReportChart chart = {"By extension"};
        chart.kind = ReportChart::Kind::lying_bars;
        chart.x = {"", Unit::bytes};
        chart.y.scale = ReportAxis::Scale::categories;
        ReportSeries size = {"Size"};
        ReportSeries zipped = {m_zipped};
        for (const auto& part : first_of(m_analysis.extensions, k_bars_shown)) {
            if (part.bytes == 0) break;
            const auto at = static_cast<double>(chart.y.categories.size());
            chart.y.categories.push_back(part.title());
            size.points.emplace_back(at, static_cast<double>(part.bytes));
            zipped.points.emplace_back(at, static_cast<double>(part.compressed_bytes));
        }
        if (!size.points.empty()) {
            chart.series = {std::move(size), std::move(zipped)};
            m_report.add(chart);
        }
        ReportTable table = {"All extensions"};
        table.columns = {{"Extension"},
                         {"Size", Unit::bytes},
                         {"Share", Unit::percent},
                         {m_zipped, Unit::bytes},
                         {"Files", Unit::count}};
        for (const auto& part : m_analysis.extensions) {
            table.rows.push_back({part.title(), part.bytes, percent_of(part.bytes, m_analysis.bytes),
                                  part.compressed_bytes, part.files});
        }
        m_report.add(table);
    }

    void add_lacks() {
        ReportTable table = {"What will not run on Lambda", "On x86-64 and Amazon Linux 2023."};
        table.columns = {{"File"}, {"Why"}};
        for (const auto& lack : m_analysis.lacks) table.rows.push_back({lack.path, lack.message});
        m_report.add(table);
    }

    const Analysis& m_analysis;
    const std::optional<Comparison>& m_comparison;
    std::string m_zipped;
    Report m_report;
};

}  // namespace

Report analysis_page(const Analysis& analysis, const std::optional<Comparison>& comparison) {
    return Page(analysis, comparison).make();
}

}  // namespace ballast
