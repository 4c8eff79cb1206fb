#include "base/duration.hpp"

#include <array>
#include <charconv>
#include <cstdint>

#include "base/relative_path.hpp"

namespace ballast {
namespace {

struct Unit {
    char letter;
    std::int64_t seconds;
};
constexpr std::array k_units = {Unit{'w', 604'800}, Unit{'d', 86'400}, Unit{'h', 3'600}, Unit{'m', 60},
                                Unit{'s', 1}};
constexpr std::int64_t k_most_seconds = 100LL * 365 * 86'400;

}  // namespace

Result<std::chrono::seconds> parse_duration(std::string_view text, std::string_view name_in_errors) {
    std::int64_t number = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    const bool has_unit = error == std::errc() && end + 1 == text.data() + text.size();
    if (has_unit && number >= 0) {
        for (const auto& unit : k_units) {
            if (*end == unit.letter && number <= k_most_seconds / unit.seconds)
                return std::chrono::seconds(number * unit.seconds);
        }
    }
    return fail(ErrorCode::usage, name_in_errors, "'" + printable(text) + "' is not a duration",
                "write it like 30d, 24h, 90m or 45s");
}

std::string format_duration(std::chrono::seconds duration) {
    for (const auto& unit : k_units) {
        if (unit.letter == 'w') continue;
        if (duration.count() != 0 && duration.count() % unit.seconds == 0)
            return std::to_string(duration.count() / unit.seconds) + unit.letter;
    }
    return std::to_string(duration.count()) + "s";
}

}  // namespace ballast
