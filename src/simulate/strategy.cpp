#include "simulate/strategy.hpp"

#include <charconv>

#include "base/relative_path.hpp"
#include "base/size.hpp"

namespace ballast {
namespace {

constexpr std::string_view k_shown = "--strategy";
constexpr std::string_view k_shape =
    "write it like offloaded=850ms,warm:2ms,tmp:1GB,per-cold:0.0000068,month:0.01,memory:1024MB";

bool is_plain_number(std::string_view text) {
    return !text.empty() && text.find_first_not_of("0123456789.") == std::string_view::npos;
}

std::string in_milliseconds(std::string_view text) {
    return std::string(text) + (is_plain_number(text) ? "ms" : "");
}

tl::unexpected<Error> refuse(std::string_view text, std::string_view why) {
    return fail(ErrorCode::usage, k_shown, "'" + printable(text) + "' " + std::string(why), k_shape);
}

Result<double> parse_usd(std::string_view text) {
    double value = 0;
    const char* const last = text.data() + text.size();
    const auto [end, error] = std::from_chars(text.data(), last, value);
    if (error != std::errc() || end != last || !(value >= 0 && value < 1e9))
        return refuse(text, "is not a sum of dollars");
    return value;
}

Result<void> set_part(Strategy& strategy, std::string_view key, std::string_view value) {
    if (key == "warm" || key == "each") {
        auto& span_us = key == "warm" ? strategy.warm_us : strategy.each_us;
        BALLAST_TRY(span_us, parse_span_us(in_milliseconds(value), k_shown));
    } else if (key == "per-cold" || key == "month") {
        auto& usd = key == "month" ? strategy.usd_per_month : strategy.usd_per_cold;
        BALLAST_TRY(usd, parse_usd(value));
    } else if (key == "tmp") {
        BALLAST_TRY(const std::uint64_t bytes, parse_size(value));
        strategy.tmp_gb = paid_tmp_gb(bytes);
    } else if (key == "memory") {
        BALLAST_TRY(const std::uint64_t bytes, parse_size(value));
        if (bytes < k_mib || bytes > 64 * k_gib - 1) return refuse(value, "is not a function's memory");
        strategy.memory_mb = static_cast<std::uint16_t>(bytes / k_mib);
    } else {
        return refuse(key, "is not known");
    }
    return {};
}

// "850ms", "recorded", "recorded+850ms"
Result<void> set_cold(Strategy& strategy, std::string_view word) {
    constexpr std::string_view k_recorded = "recorded";
    if (!word.starts_with(k_recorded)) {
        BALLAST_TRY(strategy.cold, parse_distribution(in_milliseconds(word), k_shown));
        return {};
    }
    const std::string_view change = word.substr(k_recorded.size());
    if (change.empty()) return {};
    if (change[0] != '+' && change[0] != '-') {
        return fail(ErrorCode::usage, k_shown, "'" + printable(word) + "' is not a cold start",
                    "write it like recorded+850ms or recorded-100ms");
    }
    BALLAST_TRY(const std::int64_t us, parse_span_us(in_milliseconds(change.substr(1)), k_shown));
    strategy.recorded_plus_us = change[0] == '+' ? us : -us;
    return {};
}

}  // namespace

double paid_tmp_gb(std::uint64_t tmp_bytes) {
    constexpr std::uint64_t k_free = 512 * k_mib;
    return tmp_bytes <= k_free ? 0 : static_cast<double>(tmp_bytes - k_free) / k_gib;
}

std::string cold_text(const Strategy& strategy) {
    if (strategy.cold) return strategy.cold->to_string();
    if (strategy.recorded_plus_us == 0) return "recorded";
    const bool more = strategy.recorded_plus_us > 0;
    return (more ? "recorded+" : "recorded-") +
           Distribution::fixed(more ? strategy.recorded_plus_us : -strategy.recorded_plus_us).to_string();
}

Result<Strategy> parse_strategy(std::string_view text) {
    const auto equals = text.find('=');
    if (equals == std::string_view::npos || equals == 0 || equals + 1 == text.size())
        return refuse(text, "has no name and cold start");
    Strategy strategy;
    strategy.name = printable(text.substr(0, equals));
    std::string_view rest = text.substr(equals + 1);
    for (std::size_t part = 0; !rest.empty(); ++part) {
        const auto comma = rest.find(',');
        const std::string_view word = rest.substr(0, comma);
        rest = comma == std::string_view::npos ? std::string_view() : rest.substr(comma + 1);
        if (part == 0) {
            BALLAST_CHECK(set_cold(strategy, word));
            continue;
        }
        const auto colon = word.find(':');
        if (colon != std::string_view::npos) {
            BALLAST_CHECK(set_part(strategy, word.substr(0, colon), word.substr(colon + 1)));
        } else if (part == 1) {
            BALLAST_CHECK(set_part(strategy, "warm", word));
        } else {
            return refuse(word, "has no key");
        }
    }
    return strategy;
}

}  // namespace ballast
