#pragma once

#include <cstdint>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "base/result.hpp"

namespace ballast {

// What a number of a page means, and so how it is written: 2.4 MB, 12,345, 1.20 %, 350 ms.
enum class Unit : std::uint8_t {
    text,
    bytes,
    change_bytes,
    count,
    percent,
    milliseconds,
    seconds,
    dollars,
    number
};

// A text, a number, or nothing. Texts may hold any bytes: they are shown, never interpreted.
using Cell = std::variant<std::monostate, std::string, std::uint64_t, std::int64_t, double>;

// Whether a fact is good news.
enum class Tone : std::uint8_t { plain, good, bad };

// One figure at the top of the page.
struct ReportFact {
    std::string label;
    Cell value;
    Unit unit = Unit::text;
    std::string note = {};
    Tone tone = Tone::plain;
    bool estimated = false;  // written with "≈"
    double part = -1;        // 0 to 1 and above: drawn as a bar that is full at 1; below 0 there is none
};

struct ReportColumn {
    std::string title;
    Unit unit = Unit::text;
};

// Rows can be sorted by a click and searched; beyond 20 they are folded.
struct ReportTable {
    std::string title;
    std::string note = {};
    std::vector<ReportColumn> columns = {};
    std::vector<std::vector<Cell>> rows = {};  // each with as many cells as columns
    std::vector<Cell> total = {};              // a last row that stays last; none when empty
};

struct ReportAxis {
    enum class Scale : std::uint8_t { linear, logarithmic, categories };
    std::string title;
    Unit unit = Unit::number;
    Scale scale = Scale::linear;
    std::vector<std::string> categories = {};  // with Scale::categories; points count them from 0
};

struct ReportSeries {
    std::string name;
    std::vector<std::pair<double, double>> points = {};
    std::vector<std::string> labels = {};  // one a point, shown beside it; none when empty
    bool dashed = false;                   // of lines
};

// A line across at a value: "the limit of 250 MB".
struct ReportLimit {
    enum class Axis : std::uint8_t { x, y };
    Axis axis = Axis::y;
    double value = 0;
    std::string label;
};

struct ReportChart {
    enum class Kind : std::uint8_t {
        bars,
        stacked_bars,
        lying_bars,
        lying_stacked_bars,
        lines,
        steps,
        points
    };
    std::string title;
    std::string note = {};
    Kind kind = Kind::bars;
    ReportAxis x = {};
    ReportAxis y = {};
    std::vector<ReportSeries> series = {};
    std::vector<ReportLimit> limits = {};
};

// Areas within areas, with a search and a switch between two sizes of each.
struct ReportTreemap {
    struct Node {
        std::string name;
        std::uint64_t size = 0;  // with all below
        std::uint64_t other_size = 0;
        std::uint64_t files = 0;
        std::size_t kind = 0;  // an index of `kinds`, which decides the colour
        std::vector<Node> children = {};
    };
    std::string title;
    std::string note = {};
    std::string size_title = {};
    std::string other_title = {};
    std::vector<std::string> kinds = {};
    Node top = {};
};

// One page about something: a title, figures, and sections in the order in which they were added. It holds
// all it needs, asks nothing of the network (a content security policy holds it to that), reads on a phone,
// light and dark, and prints.
class Report {
  public:
    Report(std::string title, std::string subtitle);

    void add(const ReportFact& fact);
    void add(const ReportTable& table);  // nothing for a table without rows
    void add(const ReportChart& chart);
    void add(const ReportTreemap& treemap);

    // Puts the report for programs into the page, as the JSON of the element "report": the same numbers that
    // the page shows, to compute with.
    void attach(const nlohmann::ordered_json& json);

    std::string html() const;

  private:
    void add_section(const nlohmann::ordered_json& section);

    std::string m_title;
    std::string m_subtitle;
    // As embeddable JSON; the first two with commas between.
    std::string m_facts;
    std::string m_sections;
    std::string m_attached = "null";
};

// Writes a page; a file at `path`, or what a symlink there leads to, is replaced once all of it is written. A
// device or pipe is written to. Errors: those of writing.
Result<void> write_report(const Report& report, const std::string& path);

// Whether a page can be written there, to know it before the work for it. Errors: as of write_report().
Result<void> check_report_target(const std::string& path);

// For the test of it: JSON that can stand in a script element, whatever its texts hold.
std::string embeddable_json(const nlohmann::ordered_json& json);

}  // namespace ballast
