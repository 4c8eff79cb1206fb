#include "simulate/input/log_parser.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <utility>

#include "base/relative_path.hpp"

namespace ballast {
namespace {

constexpr std::array<std::string_view, 6> k_formats = {"lambda",        "insights",   "csv",
                                                       "lambda-traces", "azure-2019", "azure-2021"};
constexpr std::string_view k_byte_order_mark = "\xEF\xBB\xBF";  // as spreadsheets write it

}  // namespace

std::string_view to_string(LogFormat format) {
    return k_formats.at(static_cast<std::size_t>(format));
}

Result<LogFormat> parse_log_format(std::string_view name) {
    const auto found = std::ranges::find(k_formats, name);
    if (found != k_formats.end()) return static_cast<LogFormat>(found - k_formats.begin());
    return fail(ErrorCode::usage, "--format", "'" + printable(name) + "' is not a log's format",
                fmt::format("those there are: {}", fmt::join(k_formats, ", ")));
}

std::uint32_t FunctionNames::number_of(std::string_view name) {
    const auto next = static_cast<std::uint32_t>(m_numbers.size());
    if (const auto found = m_numbers.find(std::string(name)); found != m_numbers.end()) return found->second;
    if (m_numbers.size() >= k_most) return UINT32_MAX;
    m_numbers.emplace(name, next);
    return next;
}

tl::expected<std::size_t, ParseFault> CsvParser::parse(std::string_view text, bool last,
                                                       std::vector<Invocation>& out) {
    std::size_t at = !m_begun && text.starts_with(k_byte_order_mark) ? k_byte_order_mark.size() : 0;
    while (out.size() < k_most_at_once) {
        if (rest_of_record(out)) continue;
        if (at == text.size() || !read_csv_record(text.substr(at), last, m_record)) break;
        const bool empty = m_record.fields.size() == 1 && m_record.fields[0].empty();
        if (!empty) {
            if (auto read = record(!std::exchange(m_begun, true), out); !read)
                return fault(std::move(read.error().message), std::move(read.error().hint), at);
        }
        at += m_record.length;
    }
    return at;
}

LogFormat detect_log_format(std::string_view text) {
    if (text.starts_with(k_byte_order_mark)) text.remove_prefix(k_byte_order_mark.size());
    const std::string_view first = text.substr(0, text.find('\n'));
    const auto has = [&](std::string_view column) { return first.find(column) != std::string_view::npos; };
    if (first.find('{') == std::string_view::npos && first.find("REPORT ") == std::string_view::npos) {
        if (has("@timestamp") && has("@duration")) return LogFormat::insights;
        if (has("HashFunction") && has("Trigger")) return LogFormat::azure_2019;
        if (has("end_timestamp") && has("func")) return LogFormat::azure_2021;
        if (has("is_cold") && has("aws_duration")) return LogFormat::lambda_traces;
        const bool says_lambda = text.find("REPORT RequestId:") != std::string_view::npos ||
                                 text.find("platform.report") != std::string_view::npos;
        if (!says_lambda && has("duration") && has(",")) return LogFormat::csv;
        // Numbers without a header.
        const auto comma = first.find(',');
        const auto second = comma == std::string_view::npos ? comma : first.find_first_of(",\r", comma + 1);
        if (comma != std::string_view::npos && parse_number(first.substr(comma + 1, second - comma - 1)) &&
            (parse_number(first.substr(0, comma)) || parse_log_time(first)))
            return LogFormat::csv;
    }
    return LogFormat::lambda;
}

}  // namespace ballast
