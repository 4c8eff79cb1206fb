#include "base/table.hpp"

#include <algorithm>
#include <cassert>
#include <cstddef>
#include <string_view>

#include "base/utf8.hpp"

namespace ballast {
namespace {

constexpr std::size_t k_gap = 2;
constexpr std::string_view k_bold = "\x1b[1m";
constexpr std::string_view k_faint = "\x1b[2m";
constexpr std::string_view k_plain = "\x1b[0m";

std::string line_of(const std::vector<Column>& columns, const std::vector<std::size_t>& widths,
                    const std::vector<std::string>& cells) {
    std::string line;
    std::size_t padding = 0;  // owed before the next text, so that no line ends in spaces
    for (std::size_t i = 0; i < columns.size(); ++i) {
        const std::size_t spare = widths[i] - display_width(cells[i]);
        if (!cells[i].empty()) {
            line.append(padding + (columns[i].align == Align::right ? spare : 0), ' ');
            line += cells[i];
            padding = columns[i].align == Align::left ? spare : 0;
        } else {
            padding += widths[i];
        }
        padding += k_gap;
    }
    while (line.ends_with(' ')) line.pop_back();
    return line;
}

std::string styled(std::string_view style, const std::string& line, Colours colours) {
    if (colours == Colours::off || line.empty()) return line + "\n";
    return std::string(style) + line + std::string(k_plain) + "\n";
}

}  // namespace

Table::Table(std::vector<Column> columns) : m_columns(std::move(columns)) {}

void Table::add_row(std::vector<std::string> cells) {
    assert(cells.size() == m_columns.size());
    cells.resize(m_columns.size());
    m_rows.push_back(std::move(cells));
}

void Table::add_rule() {
    m_rows.emplace_back();
}

std::string Table::to_string(Colours colours) const {
    std::vector<std::string> titles;
    std::vector<std::size_t> widths;
    for (const auto& column : m_columns) {
        titles.push_back(column.title);
        widths.push_back(display_width(column.title));
    }
    for (const auto& row : m_rows) {
        for (std::size_t i = 0; i < row.size(); ++i) widths[i] = std::max(widths[i], display_width(row[i]));
    }
    std::vector<std::string> lines = {line_of(m_columns, widths, titles)};
    for (const auto& row : m_rows) {
        lines.push_back(row.empty() ? std::string() : line_of(m_columns, widths, row));
    }
    std::size_t longest = 0;
    for (const auto& line : lines) longest = std::max(longest, display_width(line));

    std::string text;
    if (!lines[0].empty()) text += styled(k_bold, lines[0], colours);
    for (std::size_t i = 0; i < m_rows.size(); ++i) {
        text += m_rows[i].empty() ? styled(k_faint, std::string(longest, '-'), colours) : lines[i + 1] + "\n";
    }
    return text;
}

}  // namespace ballast
