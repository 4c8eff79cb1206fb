#include <fmt/format.h>

#include <algorithm>
#include <string>

#include "analyze/analyze.hpp"
#include "base/relative_path.hpp"
#include "base/share.hpp"
#include "base/size.hpp"
#include "base/table.hpp"

namespace ballast {
namespace {

constexpr std::size_t k_bar_columns = 20;
constexpr std::size_t k_lacks_shown = 10;

std::string counted(std::uint64_t count, std::string_view one, std::string_view many) {
    return fmt::format("{} {}", format_count(count), count == 1 ? one : many);
}

std::string categories_table(const Analysis& analysis, Colours colours) {
    Table table({{"", Align::left},
                 {"size", Align::right},
                 {"share", Align::right},
                 {"files", Align::right},
                 {"", Align::left}});
    std::uint64_t most = 0;
    for (const auto& part : analysis.categories) most = std::max(most, part.bytes);
    for (const auto& part : analysis.categories) {
        table.add_row({std::string(category_title(part.category)), format_size(part.bytes),
                       format_hundredths(part.hundredths), format_count(part.files),
                       share_bar(part.bytes, most, k_bar_columns)});
    }
    table.add_rule();
    table.add_row({"all", format_size(analysis.bytes), format_hundredths(analysis.bytes > 0 ? 10'000 : 0),
                   format_count(analysis.files), ""});
    return table.to_string(colours);
}

std::string against_limit(const SizeCheck& check, std::string_view limit_of) {
    const bool over = check.is_over();
    const std::uint64_t distance = over ? check.bytes - check.limit_bytes : check.limit_bytes - check.bytes;
    return fmt::format("{} {} the limit of {}{}", format_size(distance), over ? "over" : "under",
                       format_size(check.limit_bytes), limit_of);
}

std::string limits_table(const Analysis& analysis) {
    Table table({{"", Align::left}, {"", Align::right}, {"", Align::left}});
    table.add_row({"unzipped", format_size(analysis.unzipped.bytes), against_limit(analysis.unzipped, "")});
    table.add_row({"zipped", (analysis.zipped.estimated ? "≈ " : "") + format_size(analysis.zipped.bytes),
                   against_limit(analysis.zipped, " for direct uploads")});
    return table.to_string();
}

std::string biggest_table(const std::string& title, const std::vector<BigEntry>& list,
                          const Analysis& analysis, Colours colours) {
    if (list.empty()) return {};
    Table table({{"size", Align::right}, {"share", Align::right}, {title, Align::left}});
    for (const auto& entry : list) {
        table.add_row(
            {format_size(entry.bytes), format_share(entry.bytes, analysis.bytes), printable(entry.path)});
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
                                   format_size(analysis.bytes), counted(analysis.files, "file", "files"));
    text += categories_table(analysis, colours);
    text += "\n" + limits_table(analysis);
    text += biggest_table("biggest files", analysis.biggest_files, analysis, colours);
    text += biggest_table("biggest directories", analysis.biggest_directories, analysis, colours);
    text += lacks_text(analysis.lacks);
    return text;
}

}  // namespace ballast
