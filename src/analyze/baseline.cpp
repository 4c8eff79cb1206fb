#include "analyze/baseline.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstdlib>
#include <map>
#include <nlohmann/json.hpp>
#include <utility>

#include "analyze/analysis_json.hpp"
#include "base/json_text.hpp"
#include "base/relative_path.hpp"
#include "base/size.hpp"
#include "classify/python_metadata.hpp"

namespace ballast {
namespace {

using Json = nlohmann::json;

constexpr std::uint64_t k_max_bytes = 1ULL << 53U;  // what no package has; differences stay exact

std::optional<std::uint64_t> number_of(const Json& object, const char* key) {
    const Json& found = json_member(object, key);
    if (!found.is_number_unsigned()) return std::nullopt;
    const auto number = found.get<std::uint64_t>();
    return number <= k_max_bytes ? std::optional(number) : std::nullopt;
}

// One part of a report or of an analysis, under a key that stays the same from one to the next.
struct Part {
    std::string key;
    std::string name;
    std::string version = {};
    std::uint64_t bytes = 0;
};

std::vector<PartChange> changes_of(const std::vector<Part>& before, const std::vector<Part>& after) {
    std::map<std::string, PartChange> changes;
    for (const auto& part : before) {
        PartChange& change = changes[part.key];
        change.name = part.name;
        change.version_before = part.version;
        change.before += part.bytes;
        change.was_there = true;
    }
    for (const auto& part : after) {
        PartChange& change = changes[part.key];
        change.name = part.name;
        change.version_after = part.version;
        change.after += part.bytes;
        change.is_there = true;
    }
    std::vector<PartChange> list;
    for (auto& [key, change] : changes) {
        const bool same = change.before == change.after && change.version_before == change.version_after &&
                          change.was_there == change.is_there;
        if (!same) list.push_back(std::move(change));
    }
    std::stable_sort(list.begin(), list.end(), [](const PartChange& a, const PartChange& b) {
        return std::abs(a.bytes()) > std::abs(b.bytes());
    });
    return list;
}

// npm's by where it lies; the path of a Python package has its version in it.
std::string package_key(std::string_view ecosystem, std::string_view name, std::string_view path) {
    const std::string at = ecosystem == "npm"
                               ? std::string(path)
                               : std::string(parent_path(path)) + " " + normalised_python_name(name);
    return std::string(ecosystem) + " " + at;
}

// Of a report's list, whose rows have their name under the key `name`; nullopt when there is no such list.
std::optional<std::vector<Part>> parts_of(const Json& report, const char* list, const char* name) {
    const Json& rows = json_member(report, list);
    if (!rows.is_array()) return std::nullopt;
    std::vector<Part> parts;
    for (const Json& row : rows) {
        const std::string shown = json_string(row, name);
        const std::string ecosystem = json_string(row, "ecosystem");  // of packages
        parts.push_back({ecosystem.empty() ? shown : package_key(ecosystem, shown, json_string(row, "path")),
                         shown, json_string(row, "version"), number_of(row, "bytes").value_or(0)});
    }
    return parts;
}

// What differs in a list of two reports; nothing where the older one does not have it.
std::vector<PartChange> changes_in(const char* list, const char* name, const Json& then, const Json& now) {
    const auto before = parts_of(then, list, name);
    return before ? changes_of(*before, *parts_of(now, list, name)) : std::vector<PartChange>();
}

}  // namespace

std::uint64_t MaxGrowth::allowed(std::uint64_t before) const {
    if (!percent) return bytes;
    return static_cast<std::uint64_t>(std::floor(static_cast<double>(before) * *percent / 100));
}

Result<MaxGrowth> parse_max_growth(const std::string& text) {
    MaxGrowth growth = {text};
    if (!text.ends_with('%')) {
        BALLAST_TRY(growth.bytes, parse_size(text));
        return growth;
    }
    double percent = 0;
    const char* const end = text.data() + text.size() - 1;
    const auto [at, error] = std::from_chars(text.data(), end, percent, std::chars_format::fixed);
    if (error != std::errc() || at != end || !(percent >= 0 && percent <= 1'000'000))
        return fail(ErrorCode::usage, "--max-growth", "'" + text + "' is neither a size nor a percentage",
                    "like 5MB or 2%");
    growth.percent = percent;
    return growth;
}

Result<Comparison> compare_with_baseline(const Analysis& analysis, std::string_view report,
                                         const std::string& file) {
    const Json json = parse_json(report);
    const auto before = number_of(json_member(json, "unzipped"), "bytes");
    if (!before) {
        return fail(ErrorCode::corrupt, file, "is not a report of 'ballast analyze --json'",
                    "write one with 'ballast analyze PACKAGE --json > FILE'");
    }
    Comparison comparison = {file, *before, analysis.unzipped.bytes};
    comparison.zipped_before = number_of(json_member(json, "zipped"), "bytes");
    if (analysis.zipped) comparison.zipped_after = analysis.zipped->bytes;
    const Json now = analysis_json(analysis);
    comparison.categories = changes_in("categories", "category", json, now);
    comparison.extensions = changes_in("extensions", "extension", json, now);
    comparison.packages = changes_in("packages", "name", json, now);
    return comparison;
}

}  // namespace ballast
