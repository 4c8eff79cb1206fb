#include "simulate/input/fields.hpp"

#include <algorithm>
#include <charconv>
#include <chrono>
#include <cmath>

#include "simulate/invocation.hpp"

namespace ballast {
namespace {

constexpr std::size_t k_most_fields = 10'000;

std::string_view trimmed(std::string_view text) {
    const auto blank = [](char c) { return c == ' ' || c == '\t' || c == '\r'; };
    while (!text.empty() && blank(text.front())) text.remove_prefix(1);
    while (!text.empty() && blank(text.back())) text.remove_suffix(1);
    return text;
}

bool is_digit(char c) {
    return c >= '0' && c <= '9';
}

// `count` digits at `at`; -1 when they are not there.
int digits_at(std::string_view text, std::size_t at, std::size_t count) {
    if (at + count > text.size()) return -1;
    int value = 0;
    for (std::size_t i = at; i < at + count; ++i) {
        if (!is_digit(text[i])) return -1;
        value = 10 * value + (text[i] - '0');
    }
    return value;
}

// Digits after a point, as millionths; `at` moves past them.
std::int64_t millionths_at(std::string_view text, std::size_t& at) {
    std::int64_t value = 0;
    std::int64_t scale = 100'000;
    for (; at < text.size() && is_digit(text[at]); ++at, scale /= 10) value += scale * (text[at] - '0');
    return value;
}

// The next quote that is not doubled; the text's end where there is none.
std::size_t closing_quote(std::string_view text, std::size_t from) {
    std::size_t at = text.find('"', from);
    while (at != std::string_view::npos && at + 1 < text.size() && text[at + 1] == '"')
        at = text.find('"', at + 2);
    return std::min(at, text.size());
}

}  // namespace

std::optional<double> parse_number(std::string_view text) {
    text = trimmed(text);
    double value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc() || end != text.data() + text.size() || !std::isfinite(value))
        return std::nullopt;
    return value;
}

std::optional<std::int64_t> to_time_us(double number, double unit_us) {
    const double us = number * unit_us;
    if (!(std::abs(us) < static_cast<double>(k_most_time_us))) return std::nullopt;
    return std::llround(us);
}

std::optional<ParsedTime> parse_log_time(std::string_view text) {
    if (text.size() < 19 || text[4] != '-' || text[7] != '-' || (text[10] != 'T' && text[10] != ' ') ||
        text[13] != ':' || text[16] != ':')
        return std::nullopt;
    const int year = digits_at(text, 0, 4);
    const int month = digits_at(text, 5, 2);
    const int day = digits_at(text, 8, 2);
    const int hours = digits_at(text, 11, 2);
    const int minutes = digits_at(text, 14, 2);
    const int seconds = digits_at(text, 17, 2);
    if (year < 1700 || month < 1 || day < 1 || hours < 0 || minutes < 0 || seconds < 0) return std::nullopt;
    const std::chrono::year_month_day date(std::chrono::year(year),
                                           std::chrono::month(static_cast<unsigned>(month)),
                                           std::chrono::day(static_cast<unsigned>(day)));
    if (!date.ok() || hours > 23 || minutes > 59 || seconds > 60 || year > 2250) return std::nullopt;
    const std::int64_t days = std::chrono::sys_days(date).time_since_epoch().count();
    ParsedTime time;
    time.us = days * k_day_us + hours * k_hour_us + minutes * k_minute_us + seconds * k_second_us;
    time.length = 19;
    if (time.length < text.size() && (text[19] == '.' || text[19] == ',') && digits_at(text, 20, 1) >= 0) {
        time.length = 20;
        time.us += millionths_at(text, time.length);
    }
    if (time.length == text.size()) return time;
    const char zone = text[time.length];
    if (zone == 'Z') {
        ++time.length;
    } else if (zone == '+' || zone == '-') {
        const int zone_hours = digits_at(text, time.length + 1, 2);
        const bool colon = time.length + 3 < text.size() && text[time.length + 3] == ':';
        const int zone_minutes = digits_at(text, time.length + (colon ? 4 : 3), 2);
        if (zone_hours >= 0 && zone_minutes >= 0) {
            const std::int64_t offset = zone_hours * k_hour_us + zone_minutes * k_minute_us;
            time.us += zone == '+' ? -offset : offset;
            time.length += colon ? 6 : 5;
        }
    }
    return time;
}

std::optional<std::int64_t> parse_milliseconds(std::string_view text) {
    std::int64_t ms = 0;
    std::size_t at = 0;
    for (; at < text.size() && is_digit(text[at]); ++at) {
        ms = 10 * ms + (text[at] - '0');
        if (ms > k_most_duration_us / 1000) return std::nullopt;
    }
    if (at == 0) return std::nullopt;
    std::int64_t us = 1000 * ms;
    if (at + 1 < text.size() && text[at] == '.') {
        ++at;
        us += (millionths_at(text, at) + 500) / 1000;
    }
    return us;
}

bool read_csv_record(std::string_view text, bool last, CsvRecord& record) {
    record.fields.clear();
    std::size_t at = 0;
    for (;;) {
        std::size_t begin = at;
        std::size_t end = at;
        if (at < text.size() && text[at] == '"') {
            begin = ++at;
            at = closing_quote(text, at);
            // Whether it is the closing one is seen in what follows; a quote may also never be closed.
            if (at + 1 >= text.size() && !last) return false;
            end = at;
            if (at < text.size()) ++at;
            // What follows a closing quote before the comma is no CSV; it is passed over.
            at = std::min(text.find_first_of(",\n", at), text.size());
        } else {
            at = std::min(text.find_first_of(",\n", at), text.size());
            end = at;
        }
        if (at == text.size() && !last) return false;
        if (end > begin && text[end - 1] == '\r' && (at == text.size() || text[at] == '\n')) --end;
        if (record.fields.size() < k_most_fields) record.fields.push_back(text.substr(begin, end - begin));
        if (at == text.size() || text[at] == '\n') {
            record.length = std::min(at + 1, text.size());
            return true;
        }
        ++at;
    }
}

}  // namespace ballast
