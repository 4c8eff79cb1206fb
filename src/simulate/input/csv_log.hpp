#pragma once

#include <memory>
#include <optional>
#include <string>

#include "simulate/input/log_parser.hpp"

namespace ballast {

// How many microseconds a unit of a plain CSV's numbers has; nothing: the columns' names say it.
struct CsvUnits {
    std::optional<double> start_us = {};
    std::optional<double> duration_us = {};
};

// "s,ms": the units of start and duration, each of us, ms, s. Errors: usage.
Result<CsvUnits> parse_csv_units(std::string_view text);

// CSV with a header that names its columns: Logs Insights' exports, the recorded Lambda traces, Azure's trace
// of 2021, or plain start and duration. REQUIRES: format is one of those four. `names` outlives the parser.
std::unique_ptr<LogParser> make_csv_log_parser(LogFormat format, const CsvUnits& units, FunctionNames& names);

}  // namespace ballast
