#include "page/report.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <filesystem>
#include <initializer_list>
#include <nlohmann/json.hpp>
#include <string_view>

#include "base/file.hpp"
#include "base/relative_path.hpp"
#include "codec/base64.hpp"
#include "codec/sha256.hpp"
#include "page/assets.hpp"

namespace ballast {
namespace {

using Json = nlohmann::ordered_json;

template <std::size_t N, typename Enum>
std::string_view name_of(const std::array<std::string_view, N>& names, Enum value) {
    return names.at(static_cast<std::size_t>(value));
}

std::string_view unit_name(Unit unit) {
    constexpr std::array<std::string_view, 9> k_names = {
        "text", "bytes", "change_bytes", "count", "percent", "milliseconds", "seconds", "dollars", "number"};
    return name_of(k_names, unit);
}

template <typename Value>
Json list_json(const std::vector<Value>& values, Json (*json_of)(const Value&)) {
    Json json = Json::array();
    for (const auto& value : values) json.push_back(json_of(value));
    return json;
}

Json text_json(const std::string& text) {
    return printable(text);
}

Json cell_json(const Cell& cell) {
    if (std::holds_alternative<std::monostate>(cell)) return nullptr;
    if (const auto* text = std::get_if<std::string>(&cell)) return printable(*text);
    if (const auto* number = std::get_if<std::uint64_t>(&cell)) return *number;
    if (const auto* change = std::get_if<std::int64_t>(&cell)) return *change;
    return std::get<double>(cell);
}

Json cells_json(const std::vector<Cell>& cells) {
    return list_json(cells, cell_json);
}

Json column_json(const ReportColumn& column) {
    return {{"title", printable(column.title)}, {"unit", unit_name(column.unit)}};
}

Json axis_json(const ReportAxis& axis) {
    constexpr std::array<std::string_view, 3> k_scales = {"linear", "logarithmic", "categories"};
    return {{"title", printable(axis.title)},
            {"unit", unit_name(axis.unit)},
            {"scale", name_of(k_scales, axis.scale)},
            {"categories", list_json(axis.categories, text_json)}};
}

Json series_json(const ReportSeries& series) {
    return {{"name", printable(series.name)},
            {"points", series.points},
            {"labels", list_json(series.labels, text_json)},
            {"dashed", series.dashed}};
}

Json limit_json(const ReportLimit& limit) {
    return {{"axis", limit.axis == ReportLimit::Axis::x ? "x" : "y"},
            {"value", limit.value},
            {"label", printable(limit.label)}};
}

Json node_json(const ReportTreemap::Node& node) {
    Json json = {{"n", printable(node.name)},
                 {"s", node.size},
                 {"o", node.other_size},
                 {"f", node.files},
                 {"k", node.kind}};
    if (!node.children.empty()) json["c"] = list_json(node.children, node_json);
    return json;
}

// A script may run only when it is one of the two that the program brings.
std::string script_source(std::string_view script) {
    return "'sha256-" + base64(sha256(as_bytes(script)).bytes) + "'";
}

using Replacement = std::pair<char, std::string_view>;

std::string with_replaced(std::string_view text, std::initializer_list<Replacement> replacements) {
    std::string safe;
    safe.reserve(text.size());
    for (const char letter : text) {
        const auto found = std::ranges::find(replacements, letter, &Replacement::first);
        safe += found == replacements.end() ? std::string_view(&letter, 1) : found->second;
    }
    return safe;
}

std::string escaped(std::string_view text) {
    return with_replaced(text, {{'&', "&amp;"}, {'<', "&lt;"}, {'>', "&gt;"}, {'"', "&quot;"}});
}

// What a path names: a file to be replaced, or a device or pipe to be written to.
struct Target {
    std::string path;
    bool replaced = true;
};

Target find_target(const std::string& path) {
    std::error_code error;
    const auto status = std::filesystem::status(path, error);
    if (!std::filesystem::exists(status)) return {path};
    // What a symlink leads to is replaced, not the symlink.
    const auto real = std::filesystem::canonical(path, error);
    if (std::filesystem::is_regular_file(status) && !error) return {real.string()};
    return {path, false};
}

}  // namespace

Report::Report(std::string title, std::string subtitle)
    : m_title(std::move(title)), m_subtitle(std::move(subtitle)) {}

void Report::add_section(const Json& section) {
    m_sections += (m_sections.empty() ? "" : ",") + embeddable_json(section);
}

void Report::attach(const Json& json) {
    m_attached = embeddable_json(json);
}

void Report::add(const ReportFact& fact) {
    constexpr std::array<std::string_view, 3> k_tones = {"plain", "good", "bad"};
    const Json json = {{"label", printable(fact.label)},
                       {"value", cell_json(fact.value)},
                       {"unit", unit_name(fact.unit)},
                       {"note", printable(fact.note)},
                       {"tone", name_of(k_tones, fact.tone)},
                       {"estimated", fact.estimated},
                       {"part", fact.part}};
    m_facts += (m_facts.empty() ? "" : ",") + embeddable_json(json);
}

void Report::add(const ReportTable& table) {
    if (table.rows.empty()) return;
    add_section({{"type", "table"},
                 {"title", printable(table.title)},
                 {"note", printable(table.note)},
                 {"columns", list_json(table.columns, column_json)},
                 {"rows", list_json(table.rows, cells_json)},
                 {"total", cells_json(table.total)}});
}

void Report::add(const ReportChart& chart) {
    constexpr std::array<std::string_view, 7> k_kinds = {
        "bars", "stacked_bars", "lying_bars", "lying_stacked_bars", "lines", "steps", "points"};
    add_section({{"type", "chart"},
                 {"title", printable(chart.title)},
                 {"note", printable(chart.note)},
                 {"kind", name_of(k_kinds, chart.kind)},
                 {"x", axis_json(chart.x)},
                 {"y", axis_json(chart.y)},
                 {"series", list_json(chart.series, series_json)},
                 {"limits", list_json(chart.limits, limit_json)}});
}

void Report::add(const ReportTreemap& treemap) {
    add_section({{"type", "treemap"},
                 {"title", printable(treemap.title)},
                 {"note", printable(treemap.note)},
                 {"size_title", printable(treemap.size_title)},
                 {"other_title", printable(treemap.other_title)},
                 {"kinds", list_json(treemap.kinds, text_json)},
                 {"top", node_json(treemap.top)}});
}

std::string embeddable_json(const Json& json) {
    // All beyond ASCII is escaped; what is not UTF-8 is replaced. So only what HTML looks for is left.
    return with_replaced(json.dump(-1, ' ', true, Json::error_handler_t::replace),
                         {{'<', "\\u003c"}, {'>', "\\u003e"}, {'&', "\\u0026"}});
}

std::string Report::html() const {
    const ReportAssets assets = report_assets();
    const std::string page = "{\"title\":" + embeddable_json(printable(m_title)) +
                             ",\"subtitle\":" + embeddable_json(printable(m_subtitle)) + ",\"facts\":[" +
                             m_facts + "],\"sections\":[" + m_sections + "]}";
    return "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
           "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; base-uri 'none'; "
           "form-action 'none'; img-src data:; style-src 'unsafe-inline'; script-src " +
           script_source(assets.library) + " " + script_source(assets.script) +
           "\">\n<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
           "<meta name=\"color-scheme\" content=\"light dark\">\n"
           "<meta name=\"referrer\" content=\"no-referrer\">\n<title>" +
           escaped(printable(m_title)) + "</title>\n<style>" + std::string(assets.style) +
           "</style>\n</head>\n<body>\n<main id=\"main\"><noscript>This page draws itself with the scripts "
           "that it holds; they are turned off.</noscript></main>\n<footer>Written by <b>ballast</b>. "
           "Charts: Apache ECharts.\n<details><summary>Licences</summary><pre>" +
           escaped(assets.licences) + "</pre></details></footer>\n" +
           "<script type=\"application/json\" id=\"page\">" + page + "</script>\n" +
           "<script type=\"application/json\" id=\"report\">" + m_attached + "</script>\n" + "<script>" +
           std::string(assets.library) + "</script>\n" + "<script>" + std::string(assets.script) +
           "</script>\n</body>\n</html>\n";
}

Result<void> check_report_target(const std::string& path) {
    const Target target = find_target(path);
    if (target.replaced) {
        BALLAST_TRY(const AtomicFile dropped, AtomicFile::create(target.path));
        return {};
    }
    // Not opened: a process that reads from a pipe would take that for all of it.
    if (::access(path.c_str(), W_OK) != 0) return fail_errno(errno, path, "cannot be written to");
    return {};
}

Result<void> write_report(const Report& report, const std::string& path) {
    const Target target = find_target(path);
    if (!target.replaced) {
        const Fd fd(::open(path.c_str(), O_WRONLY | O_CLOEXEC));
        if (fd.value() < 0) return fail_errno(errno, path, "cannot open to write");
        return write_all(fd, as_bytes(report.html()), path);
    }
    return write_file(target.path, report.html());
}

}  // namespace ballast
