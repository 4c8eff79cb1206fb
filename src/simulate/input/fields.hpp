#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

// What log parsers have in common: numbers, dates and CSV, out of bytes that may be anything.

namespace ballast {

// A finite number that is all of `text`, apart from blanks around it. "1.28E8" too.
std::optional<double> parse_number(std::string_view text);

// `number` units of `unit_us` microseconds, rounded; nothing when that is no time (k_most_time_us).
std::optional<std::int64_t> to_time_us(double number, double unit_us);

// A date and time at the front of `text`: "2024-01-31T10:00:00.123Z", or with a blank for the T, with up to
// nine decimals or none, "Z", "+02:00" or nothing (UTC) at the end.
struct ParsedTime {
    std::int64_t us = 0;     // since the epoch
    std::size_t length = 0;  // how much of the text it takes
};
std::optional<ParsedTime> parse_log_time(std::string_view text);

// A decimal number at the front of `text` in millionths of 1000ths: "4.42" ms is 4420 us. Nothing when there
// is no digit, or more than k_most_duration_us.
std::optional<std::int64_t> parse_milliseconds(std::string_view text);

// One record of CSV (RFC 4180): fields in quotes may hold commas, line ends and doubled quotes, which stay
// doubled here. The fields point into `text`.
struct CsvRecord {
    std::vector<std::string_view> fields = {};  // the first 10,000
    std::size_t length = 0;                     // with its line end
};
// Reads the record at the front of `text`; `last`: no more text follows. False when the record is not
// complete.
bool read_csv_record(std::string_view text, bool last, CsvRecord& record);

}  // namespace ballast
