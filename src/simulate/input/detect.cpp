#include "simulate/input/detect.hpp"

#include "simulate/input/fields.hpp"

namespace ballast {

LogFormat detect_log_format(std::string_view text) {
    if (text.starts_with("\xEF\xBB\xBF")) text.remove_prefix(3);
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
