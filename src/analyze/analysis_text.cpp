#include "analyze/analysis_text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <string>

#include "base/relative_path.hpp"
#include "base/share.hpp"
#include "base/size.hpp"
#include "base/utf8.hpp"

namespace ballast {
namespace {

constexpr std::size_t k_bar_columns = 20;
constexpr std::size_t k_lacks_shown = 10;
constexpr std::size_t k_rows_shown = 10;
constexpr std::size_t k_path_columns = 60;

// "zipped", as the package is a zip, or "≈ zipped" where that is an estimate.
std::string zipped_title(const Analysis& analysis) {
    return analysis.compressed_estimated ? "≈ zipped" : "zipped";
}

std::string categories_table(const Analysis& analysis, Colours colours) {
    Table table({{"", Align::left},
                 {"size", Align::right},
                 {"share", Align::right},
                 {zipped_title(analysis), Align::right},
                 {"files", Align::right},
                 {"", Align::left}});
    std::uint64_t most = 0;
    for (const auto& part : analysis.categories) most = std::max(most, part.bytes);
    for (const auto& part : analysis.categories) {
        table.add_row({std::string(category_title(part.category)), format_size(part.bytes),
                       format_hundredths(part.hundredths), format_size(part.compressed_bytes),
                       format_count(part.files), share_bar(part.bytes, most, k_bar_columns)});
    }
    table.add_rule();
    table.add_row({"all", format_size(analysis.bytes), format_hundredths(analysis.bytes > 0 ? 10'000 : 0),
                   format_size(analysis.compressed_bytes), format_count(analysis.files), ""});
    return table.to_string(colours);
}

std::string limits_table(const Analysis& analysis) {
    Table table({{"", Align::left}, {"", Align::right}, {"", Align::left}});
    if (!analysis.layers.empty()) {
        table.add_row({"package", format_size(analysis.bytes), ""});
        for (const auto& layer : analysis.layers)
            table.add_row({"layer", format_size(layer.bytes), printable(layer.path)});
    }
    const std::string what = analysis.image ? "image" : analysis.layers.empty() ? "unzipped" : "together";
    table.add_row({what, format_size(analysis.unzipped.bytes),
                   against_limit(analysis.unzipped.bytes, analysis.unzipped.limit_bytes) +
                       (analysis.image ? " for images" : "")});
    if (analysis.zipped) {
        table.add_row(
            {"zipped", (analysis.zipped->estimated ? "≈ " : "") + format_size(analysis.zipped->bytes),
             against_limit(analysis.zipped->bytes, analysis.zipped->limit_bytes) + " for direct uploads"});
    }
    return table.to_string();
}

// How many were left out, where any were.
std::string more_text(std::size_t all, std::string_view what) {
    if (all <= k_rows_shown) return {};
    return fmt::format("and {}, which --json lists\n", counted(all - k_rows_shown, what));
}

// The end of a path says more than its start.
std::string short_path(std::string_view path) {
    std::string shown = printable(path);
    if (display_width(shown) <= k_path_columns || shown.size() <= k_path_columns) return shown;
    std::string_view end = std::string_view(shown).substr(shown.size() - (k_path_columns - 1));
    while (!end.empty() && (static_cast<unsigned char>(end.front()) & 0xC0U) == 0x80U) end.remove_prefix(1);
    return "…" + std::string(end);
}

// "RUN /bin/sh -c apt-get update" of what a builder wrote, on one line.
std::string short_command(std::string_view command) {
    std::string text;
    for (const char letter : command) {
        const bool space = letter == ' ' || letter == '\t' || letter == '\n';
        if (!space || !text.ends_with(' ')) text += space ? ' ' : letter;
    }
    text = printable(text);
    if (text.size() <= k_path_columns) return text;
    std::size_t end = k_path_columns - 1;
    while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0U) == 0x80U) --end;
    return text.substr(0, end) + "…";
}

std::string image_table(const Analysis& analysis, Colours colours) {
    if (!analysis.image) return {};
    Table table({{"layer", Align::right},
                 {"hidden", Align::right},
                 {"files", Align::right},
                 {"made by", Align::left}});
    for (const auto& layer : analysis.image->layers) {
        table.add_row(
            {format_size(layer.bytes), layer.hidden_bytes > 0 ? format_size(layer.hidden_bytes) : "",
             format_count(layer.files), short_command(layer.command.empty() ? layer.name : layer.command)});
    }
    return "\n" + table.to_string(colours);
}

std::string biggest_table(const std::string& title, const std::vector<BigEntry>& list,
                          const Analysis& analysis, Colours colours) {
    if (list.empty()) return {};
    Table table({{"size", Align::right},
                 {"share", Align::right},
                 {zipped_title(analysis), Align::right},
                 {title, Align::left}});
    for (const auto& entry : list) {
        table.add_row({format_size(entry.bytes), format_share(entry.bytes, analysis.bytes),
                       format_size(entry.compressed_bytes), printable(entry.path)});
    }
    return "\n" + table.to_string(colours);
}

std::string extensions_table(const Analysis& analysis, Colours colours) {
    if (analysis.extensions.empty()) return {};
    Table table({{"size", Align::right},
                 {"share", Align::right},
                 {zipped_title(analysis), Align::right},
                 {"files", Align::right},
                 {"extension", Align::left}});
    for (std::size_t i = 0; i < std::min(analysis.extensions.size(), k_rows_shown); ++i) {
        const auto& part = analysis.extensions[i];
        table.add_row({format_size(part.bytes), format_share(part.bytes, analysis.bytes),
                       format_size(part.compressed_bytes), format_count(part.files),
                       part.extension.empty() ? "(none)" : printable(part.extension)});
    }
    return "\n" + table.to_string(colours) + more_text(analysis.extensions.size(), "more extension");
}

std::string packages_table(const Analysis& analysis, Colours colours) {
    if (analysis.packages.empty()) return {};
    Table table({{"size", Align::right},
                 {zipped_title(analysis), Align::right},
                 {"files", Align::right},
                 {"package", Align::left},
                 {"version", Align::left},
                 {"in", Align::left}});
    for (std::size_t i = 0; i < std::min(analysis.packages.size(), k_rows_shown); ++i) {
        const auto& part = analysis.packages[i];
        table.add_row({format_size(part.bytes), format_size(part.compressed_bytes), format_count(part.files),
                       printable(part.package.name), printable(part.package.version),
                       short_path(part.package.path)});
    }
    return "\n" + table.to_string(colours) + more_text(analysis.packages.size(), "more package");
}

std::string package_copies_table(const Analysis& analysis, Colours colours) {
    if (analysis.package_copies.empty()) return {};
    Table table({{"extra", Align::right},
                 {"copies", Align::right},
                 {"package, more than once", Align::left},
                 {"versions", Align::left}});
    for (std::size_t i = 0; i < std::min(analysis.package_copies.size(), k_rows_shown); ++i) {
        const auto& copies = analysis.package_copies[i];
        std::string versions;
        for (const auto& version : copies.versions) {
            versions += (versions.empty() ? "" : ", ") + printable(version.version);
            if (version.paths.size() > 1) versions += fmt::format(" (×{})", version.paths.size());
        }
        table.add_row(
            {format_size(copies.extra_bytes), format_count(copies.copies), printable(copies.name), versions});
    }
    return "\n" + table.to_string(colours) + more_text(analysis.package_copies.size(), "more package");
}

std::string duplicate_files_table(const Analysis& analysis, Colours colours) {
    const DuplicateFiles& all = analysis.duplicate_files;
    if (all.sets == 0) return {};
    Table table({{"extra", Align::right}, {"copies", Align::right}, {"file, more than once", Align::left}});
    for (std::size_t i = 0; i < std::min(all.biggest.size(), k_rows_shown); ++i) {
        const auto& set = all.biggest[i];
        table.add_row(
            {format_size(set.extra_bytes), format_count(set.copies), short_path(set.paths.front())});
    }
    std::string text = "\n" + table.to_string(colours);
    if (all.sets > k_rows_shown) {
        text += fmt::format("and {}; --json lists the first {}\n",
                            counted(all.sets - k_rows_shown, "more file"), k_sets_listed);
    }
    return text;
}

struct LeftoverRow {
    std::uint64_t bytes = 0;
    std::uint64_t files = 0;
    std::string_view what;
    std::string example;
};

// What could go. Rows may tell of the same bytes, as of a test that is there twice, so that they are not
// added up.
std::string leftovers_table(const Analysis& analysis, Colours colours) {
    std::vector<LeftoverRow> rows;
    const Strippable& strippable = analysis.strippable;
    rows.push_back({strippable.bytes(), strippable.files, "debug information and symbols, to 'strip'",
                    strippable.biggest.empty() ? "" : strippable.biggest.front().path});
    for (const auto& part : analysis.leftovers) {
        rows.push_back({part.bytes, part.files, leftover_title(part.kind),
                        part.biggest.empty() ? "" : part.biggest.front().path});
    }
    const DuplicateFiles& duplicates = analysis.duplicate_files;
    rows.push_back({duplicates.extra_bytes, duplicates.extra_files, "further copies of files",
                    duplicates.biggest.empty() ? "" : duplicates.biggest.front().paths.back()});
    std::erase_if(rows, [](const LeftoverRow& row) { return row.bytes == 0; });
    if (rows.empty()) return {};
    std::stable_sort(rows.begin(), rows.end(),
                     [](const auto& a, const auto& b) { return a.bytes > b.bytes; });
    Table table({{"size", Align::right},
                 {"share", Align::right},
                 {"files", Align::right},
                 {"hardly needed when it runs", Align::left},
                 {"the biggest", Align::left}});
    for (const auto& row : rows) {
        table.add_row({format_size(row.bytes), format_share(row.bytes, analysis.bytes),
                       format_count(row.files), std::string(row.what), short_path(row.example)});
    }
    return "\n" + table.to_string(colours);
}

std::string lacks_text(const std::vector<Lack>& lacks) {
    if (lacks.empty()) return {};
    std::string text = "\nwill not run on Lambda (x86-64, Amazon Linux 2023):\n";
    for (std::size_t i = 0; i < std::min(lacks.size(), k_lacks_shown); ++i) {
        text += fmt::format("  {}: {}\n", printable(lacks[i].path), lacks[i].message);
    }
    if (lacks.size() > k_lacks_shown) {
        text +=
            fmt::format("  and {} more, which --json lists\n", format_count(lacks.size() - k_lacks_shown));
    }
    return text;
}

}  // namespace

std::string analysis_text(const Analysis& analysis, Colours colours) {
    std::string text = fmt::format("{}: {} in {}\n\n", printable(analysis.package),
                                   format_size(analysis.bytes), counted(analysis.files, "file"));
    text += categories_table(analysis, colours);
    text += "\n" + limits_table(analysis);
    text += image_table(analysis, colours);
    text += biggest_table("biggest files", analysis.biggest_files, analysis, colours);
    text += biggest_table("biggest directories", analysis.biggest_directories, analysis, colours);
    text += extensions_table(analysis, colours);
    text += packages_table(analysis, colours);
    text += package_copies_table(analysis, colours);
    text += duplicate_files_table(analysis, colours);
    text += leftovers_table(analysis, colours);
    text += lacks_text(analysis.lacks);
    return text;
}

}  // namespace ballast
