#include "simulate/input/csv_log.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "base/relative_path.hpp"

namespace ballast {
namespace {

struct UnitName {
    std::string_view name;
    double us;
};
constexpr std::array k_units = {UnitName{"us", 1}, UnitName{"ms", 1e3}, UnitName{"s", 1e6}};

std::optional<double> unit_us(std::string_view name) {
    for (const auto& unit : k_units) {
        if (unit.name == name) return unit.us;
    }
    return std::nullopt;
}

constexpr std::size_t k_absent = SIZE_MAX;

// Where a format's columns are, and what its numbers mean.
struct Columns {
    std::size_t start = k_absent;
    std::size_t end = k_absent;  // in place of start
    std::size_t duration = k_absent;
    std::size_t init = k_absent;
    std::size_t cold = k_absent;
    std::size_t memory = k_absent;
    std::size_t application = k_absent;
    std::size_t function = k_absent;
    std::optional<double> start_us;  // of a number; a date needs none
    std::optional<double> duration_us;
    std::optional<double> init_us = 1e3;
    double memory_mb = 1;  // of a number
    bool skips_without_duration = false;
};

class CsvLogParser final : public CsvParser {
  public:
    CsvLogParser(LogFormat format, const CsvUnits& units, FunctionNames& names)
        : CsvParser(names), m_format(format), m_units(units) {}

  private:
    Read record(bool is_first, std::vector<Invocation>& out) override {
        return is_first && !is_headless() ? header() : row(out);
    }

    // Plain CSV without a header: the first line is numbers already.
    bool is_headless() {
        if (m_format != LogFormat::csv || m_record.fields.size() < 2) return false;
        const std::string_view time = m_record.fields[0];
        if (!parse_number(m_record.fields[1]) || !(parse_number(time) || parse_log_time(time))) return false;
        m_columns.start = 0;
        m_columns.duration = 1;
        m_columns.start_us = m_units.start_us;
        m_columns.duration_us = m_units.duration_us;
        return true;
    }

    std::size_t column(std::string_view name) const {
        const auto found = std::ranges::find(m_record.fields, name);
        return found == m_record.fields.end() ? k_absent
                                              : static_cast<std::size_t>(found - m_record.fields.begin());
    }

    // The first of `stem`, `stem_us`, `stem_ms`, `stem_s`, which says its unit.
    std::size_t column_with_unit(std::string_view stem, std::optional<double>& unit) const {
        for (const auto& entry : k_units) {
            const std::size_t at = column(fmt::format("{}_{}", stem, entry.name));
            if (at == k_absent) continue;
            unit = entry.us;
            return at;
        }
        return column(stem);
    }

    Read header() {
        std::string needed;
        switch (m_format) {
            case LogFormat::insights:
                m_columns = {.end = column("@timestamp"),
                             .duration = column("@duration"),
                             .init = column("@initDuration"),
                             .cold = column("@initDuration"),
                             .memory = column("@memorySize"),
                             .start_us = 1e3,
                             .duration_us = 1e3,
                             .memory_mb = 1e-6,
                             .skips_without_duration = true};
                needed =
                    "query: fields @timestamp, @duration, @initDuration, @memorySize | filter @type = "
                    "\"REPORT\"";
                break;
            case LogFormat::lambda_traces:
                m_columns = {.start = column("start_time"),
                             .duration = column("aws_duration"),
                             .cold = column("is_cold"),
                             .start_us = 1e3,
                             .duration_us = 1e3};
                needed = "it has start_time, aws_duration and is_cold";
                break;
            case LogFormat::azure_2021:
                m_columns = {.end = column("end_timestamp"),
                             .duration = column("duration"),
                             .application = column("app"),
                             .function = column("func"),
                             .start_us = 1e6,
                             .duration_us = 1e6};
                needed = "it has app, func, end_timestamp and duration";
                break;
            default:
                plain_header();
                needed =
                    "name them start_s (or _ms, _us, or start with dates) and duration_ms (or _s, _us); "
                    "other "
                    "logs are chosen with --format";
                break;
        }
        if ((m_columns.start == k_absent && m_columns.end == k_absent) || m_columns.duration == k_absent) {
            return fault(fmt::format("the header of a log in format {} lacks columns", to_string(m_format)),
                         std::move(needed));
        }
        return {};
    }

    void plain_header() {
        m_columns.start = column_with_unit("start", m_columns.start_us);
        for (const auto* name : {"timestamp", "time"}) {
            if (m_columns.start == k_absent) m_columns.start = column_with_unit(name, m_columns.start_us);
        }
        if (m_columns.start == k_absent) m_columns.end = column_with_unit("end", m_columns.start_us);
        m_columns.duration = column_with_unit("duration", m_columns.duration_us);
        m_columns.init = column_with_unit("init", m_columns.init_us);
        m_columns.cold = column("cold");
        if (m_columns.cold == k_absent) m_columns.cold = column("is_cold");
        m_columns.memory = column("memory_mb");
        m_columns.function = column("function");
        if (m_units.start_us) m_columns.start_us = m_units.start_us;
        if (m_units.duration_us) m_columns.duration_us = m_units.duration_us;
    }

    std::string_view field(std::size_t at) const {
        return at < m_record.fields.size() ? m_record.fields[at] : std::string_view();
    }

    Read row(std::vector<Invocation>& out) {
        const std::string_view duration_text = field(m_columns.duration);
        if (m_columns.skips_without_duration && duration_text.empty()) {
            ++m_facts.skipped;
            return {};
        }
        if (!m_columns.duration_us) {
            return fault("the duration's unit is not known",
                         "name the column duration_ms (or _s, _us), or say --units "
                         "START,DURATION, like --units s,ms");
        }
        const auto duration = parse_number(duration_text);
        if (!duration || !(*duration >= 0 && *duration * *m_columns.duration_us <= k_most_duration_us))
            return fault("'" + printable(duration_text.substr(0, 40)) + "' is not a duration");
        const std::string_view time_text =
            field(m_columns.start != k_absent ? m_columns.start : m_columns.end);
        std::optional<std::int64_t> time_us;
        if (const auto date = parse_log_time(time_text)) {
            time_us = date->us;
            m_facts.dated = true;
        } else if (const auto number = parse_number(time_text)) {
            if (!m_columns.start_us) {
                return fault("the start's unit is not known",
                             "name the column start_s (or _ms, _us), or say --units START,DURATION, like "
                             "--units s,ms");
            }
            time_us = to_time_us(*number, *m_columns.start_us);
            // Later than 1990, if it were a date: a number since a log's own zero is not.
            if (time_us && *time_us > 20LL * 365 * k_day_us) m_facts.dated = true;
        }
        if (!time_us) return fault("'" + printable(time_text.substr(0, 40)) + "' is not a time");
        Invocation invocation;
        invocation.duration_us = *to_time_us(*duration, *m_columns.duration_us);
        if (auto read = start_kind(invocation); !read) return read;
        invocation.start_us = *time_us;
        if (m_columns.start == k_absent) invocation.start_us -= invocation.duration_us + invocation.init_us;
        if (const auto memory = parse_number(field(m_columns.memory))) {
            const double memory_mb = *memory * m_columns.memory_mb;
            if (memory_mb >= 1 && memory_mb < 65'536)
                invocation.memory_mb = static_cast<std::uint16_t>(memory_mb);
        }
        if (m_columns.function != k_absent) {
            m_name.assign(field(m_columns.application));
            if (m_columns.application != k_absent) m_name += '/';
            m_name += field(m_columns.function);
            invocation.function = m_names.number_of(m_name);
            if (invocation.function == UINT32_MAX)
                return fault(fmt::format("it has more than {} functions", FunctionNames::k_most));
        }
        out.push_back(invocation);
        return {};
    }

    // Its init time, and whether it was cold.
    Read start_kind(Invocation& invocation) const {
        const std::string_view init_text = field(m_columns.init);
        if (!init_text.empty()) {
            const auto init = parse_number(init_text);
            const auto init_us = init ? to_time_us(*init, m_columns.init_us.value_or(1e3)) : std::nullopt;
            if (!init_us || *init_us < 0 || *init_us > UINT32_MAX)
                return fault("'" + printable(init_text.substr(0, 40)) + "' is not an init time");
            invocation.init_us = static_cast<std::uint32_t>(*init_us);
        }
        if (m_columns.init != k_absent && (m_columns.cold == m_columns.init || m_columns.cold == k_absent)) {
            invocation.truth = invocation.init_us > 0 ? Truth::cold : Truth::warm;
            return {};
        }
        const std::string_view cold = field(m_columns.cold);
        if (cold == "True" || cold == "true" || cold == "1") invocation.truth = Truth::cold;
        if (cold == "False" || cold == "false" || cold == "0") invocation.truth = Truth::warm;
        return {};
    }

    LogFormat m_format;
    CsvUnits m_units;
    Columns m_columns;
    std::string m_name;
};

}  // namespace

Result<CsvUnits> parse_csv_units(std::string_view text) {
    const auto comma = text.find(',');
    CsvUnits units;
    if (comma != std::string_view::npos) {
        units.start_us = unit_us(text.substr(0, comma));
        units.duration_us = unit_us(text.substr(comma + 1));
    }
    if (!units.start_us || !units.duration_us) {
        return fail(ErrorCode::usage, "--units", "'" + printable(text) + "' is not two units",
                    "write those of start and duration, each of s, ms and us, like s,ms");
    }
    return units;
}

std::unique_ptr<LogParser> make_csv_log_parser(LogFormat format, const CsvUnits& units,
                                               FunctionNames& names) {
    return std::make_unique<CsvLogParser>(format, units, names);
}

}  // namespace ballast
