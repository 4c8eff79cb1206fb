#include "simulate/input/log_parser.hpp"

#include <array>

#include "base/relative_path.hpp"

namespace ballast {
namespace {

struct FormatName {
    LogFormat format;
    std::string_view name;
};
constexpr std::array k_formats = {
    FormatName{LogFormat::lambda, "lambda"},
    FormatName{LogFormat::insights, "insights"},
    FormatName{LogFormat::csv, "csv"},
    FormatName{LogFormat::lambda_traces, "lambda-traces"},
    FormatName{LogFormat::azure_2019, "azure-2019"},
    FormatName{LogFormat::azure_2021, "azure-2021"},
};

}  // namespace

std::string_view to_string(LogFormat format) {
    for (const auto& entry : k_formats) {
        if (entry.format == format) return entry.name;
    }
    return "unknown";
}

Result<LogFormat> parse_log_format(std::string_view name) {
    std::string known;
    for (const auto& entry : k_formats) {
        if (entry.name == name) return entry.format;
        known += known.empty() ? "" : ", ";
        known += entry.name;
    }
    return fail(ErrorCode::usage, "--format", "'" + printable(name) + "' is not a log's format",
                "those there are: " + known);
}

std::uint32_t FunctionNames::number_of(std::string_view name) {
    const auto next = static_cast<std::uint32_t>(m_numbers.size());
    if (const auto found = m_numbers.find(std::string(name)); found != m_numbers.end()) return found->second;
    if (m_numbers.size() >= k_most) return UINT32_MAX;
    m_numbers.emplace(name, next);
    return next;
}

}  // namespace ballast
