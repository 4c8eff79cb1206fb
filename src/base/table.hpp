#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

namespace ballast {

enum class Align : std::uint8_t { left, right };
enum class Colours : std::uint8_t { off, on };

struct Column {
    Column(const char* text, Align where = Align::left) : title(text), align(where) {}
    Column(std::string text, Align where = Align::left) : title(std::move(text)), align(where) {}

    std::string title;
    Align align;
};

// A column of numbers.
inline Column right(std::string title) {
    return {std::move(title), Align::right};
}

// Text in aligned columns, two spaces apart:
//
//   size      share  what
//   2.4 MB  80.00 %  executables
//   -------------------------
//   3.0 MB           all
//
// Columns are as wide as what they hold (display_width()); no line ends in spaces. Cells must not
// hold control characters: show foreign text through printable().
class Table {
  public:
    // Without any title there is no header line.
    explicit Table(std::vector<Column> columns);

    // REQUIRES: as many cells as columns.
    void add_row(std::vector<std::string> cells);
    // A line across, as before totals.
    void add_rule();

    // Every line ends in '\n'. With Colours::on the titles are bold and the rules faint; nothing but
    // these escape codes is added, so that the columns stay aligned.
    std::string to_string(Colours colours = Colours::off) const;

  private:
    std::vector<Column> m_columns;
    std::vector<std::vector<std::string>> m_rows;  // a rule is a row without cells
};

}  // namespace ballast
