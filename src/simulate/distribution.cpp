#include "simulate/distribution.hpp"

#include <fmt/format.h>

#include <array>
#include <charconv>
#include <cmath>

#include "base/relative_path.hpp"
#include "simulate/random.hpp"

namespace ballast {
namespace {

struct Unit {
    std::string_view name;
    std::int64_t us;
};
constexpr std::array k_units = {Unit{"d", k_day_us},    Unit{"h", k_hour_us}, Unit{"m", k_minute_us},
                                Unit{"s", k_second_us}, Unit{"ms", 1'000},    Unit{"us", 1}};

// The largest unit in which `us` is whole.
std::string exact_span(std::int64_t us) {
    for (const auto& unit : k_units) {
        if (us != 0 && us % unit.us == 0) return fmt::format("{}{}", us / unit.us, unit.name);
    }
    return "0s";
}

bool has_unit(std::string_view text) {
    return text.find_first_not_of("0123456789.") != std::string_view::npos;
}

// "5..7m" is 5 s to 7 min by the letter, and hardly what is meant.
Result<void> check_units(std::string_view first, std::string_view second, std::string_view name_in_errors) {
    if (has_unit(first) == has_unit(second)) return {};
    const std::string_view bare = has_unit(first) ? second : first;
    return fail(ErrorCode::usage, name_in_errors,
                "'" + printable(bare) + "' has no unit, and the other has one",
                "write the unit of both, like 5m..7m");
}

}  // namespace

Result<std::int64_t> parse_span_us(std::string_view text, std::string_view name_in_errors,
                                   Unitless unitless) {
    double number = 0;
    const char* const last = text.data() + text.size();
    const auto [end, error] = std::from_chars(text.data(), last, number, std::chars_format::fixed);
    if (error == std::errc() && number >= 0) {
        std::string_view unit_name(end, static_cast<std::size_t>(last - end));
        if (unit_name.empty() && unitless == Unitless::seconds) unit_name = "s";
        for (const auto& unit : k_units) {
            const double us = number * static_cast<double>(unit.us);
            if (unit.name == unit_name && us < static_cast<double>(k_most_time_us)) return std::llround(us);
        }
    }
    return fail(ErrorCode::usage, name_in_errors, "'" + printable(text) + "' is not a length of time",
                unitless == Unitless::seconds ? "write it in seconds, or like 850ms, 1.5s, 45m, 2h or 7d"
                                              : "write it like 850ms, 1.5s, 45m, 2h or 7d");
}

std::string format_span_us(double us) {
    if (us >= static_cast<double>(k_never_us)) return "never";
    if (us >= 1000 * static_cast<double>(k_day_us)) return fmt::format("{:.0f} days", us / k_day_us);
    if (us >= 10 * static_cast<double>(k_day_us)) return fmt::format("{:.3g} days", us / k_day_us);
    if (us >= 3 * static_cast<double>(k_hour_us)) return fmt::format("{:.3g} h", us / k_hour_us);
    if (us >= 3 * static_cast<double>(k_minute_us)) return fmt::format("{:.3g} min", us / k_minute_us);
    if (us >= 99'950'000) return fmt::format("{:.0f} s", us / 1e6);
    if (us >= 999'500) return fmt::format("{:.3g} s", us / 1e6);
    if (us >= 99'950 || us == 0) return fmt::format("{:.0f} ms", us / 1e3);
    return fmt::format("{:.3g} ms", us / 1e3);
}

std::int64_t Distribution::above_floor(Random& random) const {
    const double spread = static_cast<double>(m_spread_us);
    return static_cast<std::int64_t>(
        (m_kind == Kind::uniform ? draw_unit(random) : draw_exponential(random)) * spread);
}

double Distribution::mean_us() const {
    // The spread of what is fixed is 0.
    return static_cast<double>(m_floor_us) +
           static_cast<double>(m_spread_us) * (m_kind == Kind::uniform ? 0.5 : 1);
}

std::string Distribution::to_string() const {
    if (is_never()) return "never";
    if (m_kind == Kind::fixed) return exact_span(m_floor_us);
    if (m_kind == Kind::uniform) return exact_span(m_floor_us) + ".." + exact_span(m_floor_us + m_spread_us);
    const std::string above = "exp:" + exact_span(m_spread_us);
    return m_floor_us == 0 ? above : exact_span(m_floor_us) + "+" + above;
}

Result<Distribution> parse_distribution(std::string_view text, std::string_view name_in_errors,
                                        Unitless unitless) {
    if (text == "never") return Distribution::never();
    if (const auto dots = text.find(".."); dots != std::string_view::npos) {
        BALLAST_CHECK(check_units(text.substr(0, dots), text.substr(dots + 2), name_in_errors));
        BALLAST_TRY(const std::int64_t low, parse_span_us(text.substr(0, dots), name_in_errors, unitless));
        BALLAST_TRY(const std::int64_t high, parse_span_us(text.substr(dots + 2), name_in_errors, unitless));
        if (low > high) {
            return fail(ErrorCode::usage, name_in_errors, "'" + printable(text) + "' ends before it begins",
                        "write the shorter one first");
        }
        return Distribution::uniform(low, high);
    }
    constexpr std::string_view k_exponential = "exp:";
    if (const auto at = text.find(k_exponential); at != std::string_view::npos) {
        const std::string_view above = text.substr(at + k_exponential.size());
        std::int64_t floor = 0;
        if (at > 0) {
            if (text[at - 1] != '+')
                return fail(ErrorCode::usage, name_in_errors, "'" + printable(text) + "' lacks a '+'");
            BALLAST_CHECK(check_units(text.substr(0, at - 1), above, name_in_errors));
            BALLAST_TRY(floor, parse_span_us(text.substr(0, at - 1), name_in_errors, unitless));
        }
        BALLAST_TRY(const std::int64_t mean, parse_span_us(above, name_in_errors, unitless));
        return Distribution::exponential(mean, floor);
    }
    BALLAST_TRY(const std::int64_t always, parse_span_us(text, name_in_errors, unitless));
    return Distribution::fixed(always);
}

}  // namespace ballast
