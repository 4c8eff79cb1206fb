#include "analyze/analysis_text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <string>

#include "base/first_of.hpp"
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

using Row = std::vector<std::string>;

// How many were left out, where any were.
std::string more_text(std::size_t all, std::string_view what) {
    if (all <= k_rows_shown) return {};
    return fmt::format("and {}, which --json lists\n", counted(all - k_rows_shown, what));
}

bool continues_character(char byte) {
    return (static_cast<unsigned char>(byte) & 0xC0U) == 0x80U;
}

// The end of a path says more than its start.
std::string short_path(std::string_view path) {
    std::string shown = printable(path);
    if (display_width(shown) <= k_path_columns || shown.size() <= k_path_columns) return shown;
    std::string_view end = std::string_view(shown).substr(shown.size() - (k_path_columns - 1));
    while (!end.empty() && continues_character(end.front())) end.remove_prefix(1);
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
    while (end > 0 && continues_character(text[end])) --end;
    return text.substr(0, end) + "…";
}

class Text {
  public:
    Text(const Analysis& analysis, Colours colours)
        : m_analysis(analysis),
          m_colours(colours),
          m_zipped(analysis.compressed_estimated ? "≈ zipped" : "zipped") {}

    std::string write() const {
        return fmt::format("{}: {} in {}\n\n", printable(m_analysis.package), format_size(m_analysis.bytes),
                           counted(m_analysis.files, "file")) +
               categories() + "\n" + limits() + image() + biggest("biggest files", m_analysis.biggest_files) +
               biggest("biggest directories", m_analysis.biggest_directories) + extensions() + packages() +
               package_copies() + duplicate_files() + leftovers() + lacks();
    }

  private:
    // A row for each of a list, at most `most`; "" without any.
    template <typename List, typename RowOf>
    std::string table(const std::vector<Column>& columns, const List& list, const RowOf& row_of,
                      std::size_t most = k_rows_shown) const {
        if (list.empty()) return {};
        Table table(columns);
        for (const auto& one : first_of(list, most)) table.add_row(row_of(one));
        return "\n" + table.to_string(m_colours);
    }

    std::string share(const Amount& amount) const { return format_share(amount.bytes, m_analysis.bytes); }

    std::string categories() const {
        Table table({"", right("size"), right("share"), right(m_zipped), right("files"), ""});
        const std::uint64_t most = std::ranges::max(m_analysis.categories, {}, &CategoryPart::bytes).bytes;
        for (const auto& part : m_analysis.categories) {
            table.add_row({std::string(category_title(part.category)), format_size(part.bytes),
                           format_hundredths(part.hundredths), format_size(part.compressed_bytes),
                           format_count(part.files), share_bar(part.bytes, most, k_bar_columns)});
        }
        table.add_rule();
        table.add_row({"all", format_size(m_analysis.bytes),
                       format_hundredths(m_analysis.bytes > 0 ? 10'000 : 0),
                       format_size(m_analysis.compressed_bytes), format_count(m_analysis.files), ""});
        return table.to_string(m_colours);
    }

    std::string limits() const {
        const bool layers = !m_analysis.layers.empty();
        Table table({"", right(""), ""});
        if (layers) table.add_row({"package", format_size(m_analysis.bytes), ""});
        for (const auto& layer : m_analysis.layers)
            table.add_row({"layer", format_size(layer.bytes), printable(layer.path)});
        const auto add = [&](const char* what, const SizeCheck& check, const char* limited) {
            table.add_row({what, (check.estimated ? "≈ " : "") + format_size(check.bytes),
                           against_limit(check.bytes, check.limit_bytes) + limited});
        };
        add(m_analysis.image ? "image"
            : layers         ? "together"
                             : "unzipped",
            m_analysis.unzipped, m_analysis.image ? " for images" : "");
        if (m_analysis.zipped) add("zipped", *m_analysis.zipped, " for direct uploads");
        return table.to_string();
    }

    std::string image() const {
        if (!m_analysis.image) return {};
        const auto& layers = m_analysis.image->layers;
        const auto row_of = [](const ImageLayer& layer) -> Row {
            return {format_size(layer.bytes), layer.hidden_bytes > 0 ? format_size(layer.hidden_bytes) : "",
                    format_count(layer.files),
                    short_command(layer.command.empty() ? layer.name : layer.command)};
        };
        return table({right("layer"), right("hidden"), right("files"), "made by"}, layers, row_of,
                     layers.size());
    }

    std::string biggest(const std::string& title, const std::vector<BigEntry>& list) const {
        const auto row_of = [&](const BigEntry& entry) -> Row {
            return {format_size(entry.bytes), share(entry), format_size(entry.compressed_bytes),
                    printable(entry.path)};
        };
        return table({right("size"), right("share"), right(m_zipped), title}, list, row_of, list.size());
    }

    std::string extensions() const {
        const auto& all = m_analysis.extensions;
        const auto row_of = [&](const ExtensionPart& part) -> Row {
            return {format_size(part.bytes), share(part), format_size(part.compressed_bytes),
                    format_count(part.files), printable(part.title())};
        };
        return table({right("size"), right("share"), right(m_zipped), right("files"), "extension"}, all,
                     row_of) +
               more_text(all.size(), "more extension");
    }

    std::string packages() const {
        const auto& all = m_analysis.packages;
        const auto row_of = [](const PackagePart& part) -> Row {
            return {format_size(part.bytes),         format_size(part.compressed_bytes),
                    format_count(part.files),        printable(part.package.name),
                    printable(part.package.version), short_path(part.package.path)};
        };
        return table({right("size"), right(m_zipped), right("files"), "package", "version", "in"}, all,
                     row_of) +
               more_text(all.size(), "more package");
    }

    std::string package_copies() const {
        const auto& all = m_analysis.package_copies;
        const auto row_of = [](const PackageCopies& copies) -> Row {
            return {format_size(copies.extra_bytes), format_count(copies.copies), printable(copies.name),
                    printable(copies.versions_title())};
        };
        return table({right("extra"), right("copies"), "package, more than once", "versions"}, all, row_of) +
               more_text(all.size(), "more package");
    }

    std::string duplicate_files() const {
        const DuplicateFiles& all = m_analysis.duplicate_files;
        const auto row_of = [](const EqualPaths& set) -> Row {
            return {format_size(set.extra_bytes), format_count(set.copies), short_path(set.paths.front())};
        };
        std::string text =
            table({right("extra"), right("copies"), "file, more than once"}, all.biggest, row_of);
        if (all.sets > k_rows_shown) {
            text += fmt::format("and {}; --json lists the first {}\n",
                                counted(all.sets - k_rows_shown, "more file"), k_sets_listed);
        }
        return text;
    }

    std::string leftovers() const {
        const auto row_of = [&](const RemovablePart& part) -> Row {
            return {format_size(part.bytes), share(part), format_count(part.files), std::string(part.what),
                    short_path(part.biggest)};
        };
        return table(
            {right("size"), right("share"), right("files"), "probably not needed at run time", "the biggest"},
            m_analysis.removable(), row_of);
    }

    std::string lacks() const {
        const auto& all = m_analysis.lacks;
        if (all.empty()) return {};
        std::string text = "\nwill not run on Lambda (x86-64, Amazon Linux 2023):\n";
        for (const auto& lack : first_of(all, k_lacks_shown))
            text += fmt::format("  {}: {}\n", printable(lack.path), lack.message);
        if (all.size() > k_lacks_shown)
            text +=
                fmt::format("  and {} more, which --json lists\n", format_count(all.size() - k_lacks_shown));
        return text;
    }

    const Analysis& m_analysis;
    Colours m_colours;
    std::string m_zipped;
};

}  // namespace

std::string analysis_text(const Analysis& analysis, Colours colours) {
    return Text(analysis, colours).write();
}

}  // namespace ballast
