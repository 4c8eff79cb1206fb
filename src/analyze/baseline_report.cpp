#include "analyze/baseline_report.hpp"

#include <fmt/format.h>

#include "base/first_of.hpp"
#include "base/json_list.hpp"
#include "base/markdown.hpp"
#include "base/relative_path.hpp"
#include "base/size.hpp"

namespace ballast {
namespace {

using Json = nlohmann::ordered_json;

constexpr std::size_t k_rows_shown = 10;

// "1.2.0 -> 1.3.0", "1.2.0", "new, 1.0", "gone, 1.0"
std::string version_text(const PartChange& change) {
    if (!change.was_there) return "new, " + change.version_after;
    if (!change.is_there) return "gone, " + change.version_before;
    if (change.version_before == change.version_after) return change.version_after;
    return change.version_before + " → " + change.version_after;
}

std::string readable_category(const std::string& name) {
    for (const Category category : k_categories) {
        if (category_name(category) == name) return std::string(category_title(category));
    }
    return printable(name);
}

std::string before_text(const PartChange& change) {
    return change.was_there ? format_size(change.before) : "";
}

std::string after_text(const PartChange& change) {
    return change.is_there ? format_size(change.after) : "";
}

std::string changes_table(const std::string& title, const std::vector<PartChange>& changes, bool packages,
                          Colours colours) {
    if (changes.empty()) return {};
    Table table({right("change"), right("before"), right("after"), title, ""});
    for (const auto& change : first_of(changes, k_rows_shown)) {
        table.add_row({format_change(change.bytes()), before_text(change), after_text(change),
                       packages ? printable(change.name) : readable_category(change.name),
                       packages ? printable(version_text(change)) : ""});
    }
    std::string text = "\n" + table.to_string(colours);
    if (changes.size() > k_rows_shown)
        text += fmt::format("and {} more, which --json lists\n", format_count(changes.size() - k_rows_shown));
    return text;
}

std::string changes_markdown(const char* title, const std::vector<PartChange>& changes, bool packages) {
    if (changes.empty()) return {};
    std::string text = fmt::format("\n| {} | before | now | change |\n| --- | ---: | ---: | ---: |\n", title);
    for (const auto& change : first_of(changes, k_rows_shown)) {
        const std::string name =
            packages ? change.name + " " + version_text(change) : readable_category(change.name);
        text += fmt::format("| {} | {} | {} | {} |\n", markdown_text(name), before_text(change),
                            after_text(change), format_change(change.bytes()));
    }
    if (changes.size() > k_rows_shown)
        text += fmt::format("| and {} more | | | |\n", format_count(changes.size() - k_rows_shown));
    return text;
}

Json changes_json(const std::vector<PartChange>& changes, bool packages) {
    return json_list(changes, [&](const PartChange& change) {
        Json row = {{"name", printable(change.name)}};
        if (packages) {
            row["version_before"] = printable(change.version_before);
            row["version_after"] = printable(change.version_after);
        }
        row["before_bytes"] = change.before;
        row["after_bytes"] = change.after;
        row["change_bytes"] = change.bytes();
        return row;
    });
}

void add_limit_row(std::string& text, std::string_view what, const SizeCheck& now,
                   const std::optional<std::uint64_t>& before, bool compared) {
    text += fmt::format("| {} | ", what);
    if (compared) text += (before ? format_size(*before) : "") + " | ";
    text += fmt::format("{}{} | ", now.estimated ? "≈ " : "", format_size(now.bytes));
    if (compared) {
        text += before
                    ? format_change(static_cast<std::int64_t>(now.bytes) - static_cast<std::int64_t>(*before))
                    : "";
        text += before ? " " + format_growth(*before, now.bytes) + " | " : " | ";
    }
    text += fmt::format("{}{} |\n", format_size(now.limit_bytes), now.is_over() ? " **exceeded**" : "");
}

// Whether --max-growth holds, in a line; "" where there is none.
std::string growth_verdict(const Comparison& comparison) {
    if (!comparison.max_growth) return {};
    const std::string limit = "`--max-growth " + comparison.max_growth->text + "`";
    if (!comparison.is_over()) return "\n✅ within " + limit + "\n";
    return fmt::format("\n❌ **grew by {}**, more than {} allows\n",
                       format_size(comparison.after - comparison.before), limit);
}

}  // namespace

std::string format_change(std::int64_t bytes) {
    const auto size = static_cast<std::uint64_t>(bytes < 0 ? -bytes : bytes);
    return (bytes == 0 ? "±" : bytes < 0 ? "-" : "+") + format_size(size);
}

std::string format_growth(std::uint64_t before, std::uint64_t after) {
    if (before == 0) return {};
    const double percent = (static_cast<double>(after) / static_cast<double>(before) - 1) * 100;
    return fmt::format("{:+.2f} %", percent);
}

std::string comparison_text(const Comparison& comparison, Colours colours) {
    const std::string growth = format_growth(comparison.before, comparison.after);
    std::string text =
        fmt::format("\nsince {}: {}{}, {} → {}\n", printable(comparison.baseline),
                    format_change(comparison.bytes()), growth.empty() ? "" : " (" + growth + ")",
                    format_size(comparison.before), format_size(comparison.after));
    text += changes_table("category", comparison.categories, false, colours);
    text += changes_table("package", comparison.packages, true, colours);
    return text;
}

nlohmann::ordered_json comparison_json(const Comparison& comparison) {
    Json json = {{"file", printable(comparison.baseline)},
                 {"before_bytes", comparison.before},
                 {"after_bytes", comparison.after},
                 {"change_bytes", comparison.bytes()}};
    if (comparison.max_growth) {
        json["max_growth_bytes"] = comparison.max_growth->allowed(comparison.before);
        json["over"] = comparison.is_over();
    }
    json["categories"] = changes_json(comparison.categories, false);
    json["packages"] = changes_json(comparison.packages, true);
    json["extensions"] = changes_json(comparison.extensions, false);
    return json;
}

std::string analysis_markdown(const Analysis& analysis, const std::optional<Comparison>& comparison) {
    const bool compared = comparison.has_value();
    std::string text =
        fmt::format("### {}: {}\n\n", markdown_text(analysis.package), format_size(analysis.unzipped.bytes));
    text += compared ? "| | before | now | change | limit |\n| --- | ---: | ---: | ---: | ---: |\n"
                     : "| | now | limit |\n| --- | ---: | ---: |\n";
    add_limit_row(text, analysis.image ? "image" : "unzipped", analysis.unzipped,
                  compared ? std::optional(comparison->before) : std::nullopt, compared);
    if (analysis.zipped) {
        add_limit_row(text, "zipped", *analysis.zipped, compared ? comparison->zipped_before : std::nullopt,
                      compared);
    }
    if (!compared) {
        text += "\n| category | size | files |\n| --- | ---: | ---: |\n";
        for (const auto& part : analysis.categories) {
            text += fmt::format("| {} | {} | {} |\n", category_title(part.category), format_size(part.bytes),
                                format_count(part.files));
        }
        return text;
    }
    text += changes_markdown("category", comparison->categories, false);
    text += changes_markdown("package", comparison->packages, true);
    return text + growth_verdict(*comparison);
}

}  // namespace ballast
