#include "base/size.hpp"

#include <fmt/format.h>

#include <array>
#include <cctype>
#include <charconv>
#include <cmath>

namespace ballast {

Result<std::uint64_t> parse_size(std::string_view text) {
    const auto refuse = [&] {
        return fail(ErrorCode::usage, text.empty() ? "\"\"" : text, "not a size",
                    "write it like 250MB, 1.5GB or 262144000");
    };
    double number = 0;
    const auto [end, error] =
        std::from_chars(text.data(), text.data() + text.size(), number, std::chars_format::fixed);
    if (error != std::errc() || !std::isfinite(number) || number < 0) return refuse();
    std::string unit;
    for (const char* at = end; at != text.data() + text.size(); ++at) {
        if (*at != ' ') unit += static_cast<char>(std::tolower(static_cast<unsigned char>(*at)));
    }
    double factor = 0;
    if (unit.empty() || unit == "b") factor = 1;
    if (unit == "k" || unit == "kb" || unit == "kib") factor = static_cast<double>(k_kib);
    if (unit == "m" || unit == "mb" || unit == "mib") factor = static_cast<double>(k_mib);
    if (unit == "g" || unit == "gb" || unit == "gib") factor = static_cast<double>(k_gib);
    if (unit == "t" || unit == "tb" || unit == "tib") factor = static_cast<double>(1024 * k_gib);
    const double bytes = number * factor;
    if (factor == 0 || bytes > 0x1p62) return refuse();
    return static_cast<std::uint64_t>(std::llround(bytes));
}

std::string format_size(std::uint64_t bytes) {
    if (bytes < k_kib) return fmt::format("{} B", bytes);
    static constexpr std::array<const char*, 4> k_units = {"KB", "MB", "GB", "TB"};
    auto value = static_cast<double>(bytes) / static_cast<double>(k_kib);
    std::size_t unit = 0;
    while (value >= 1023.5 && unit + 1 < k_units.size()) {  // from there on it would read "1024"
        value /= static_cast<double>(k_kib);
        ++unit;
    }
    return value < 99.95 ? fmt::format("{:.1f} {}", value, k_units[unit])
                         : fmt::format("{:.0f} {}", value, k_units[unit]);
}

std::string format_count(std::uint64_t value) {
    std::string digits = std::to_string(value);
    for (auto at = static_cast<std::ptrdiff_t>(digits.size()) - 3; at > 0; at -= 3) {
        digits.insert(static_cast<std::size_t>(at), 1, ',');
    }
    return digits;
}

std::string counted(std::uint64_t count, std::string_view one, std::string_view many) {
    if (count == 1) return "1 " + std::string(one);
    return format_count(count) + " " + (many.empty() ? std::string(one) + "s" : std::string(many));
}

std::string against_limit(std::uint64_t bytes, std::uint64_t limit) {
    return bytes <= limit
               ? fmt::format("{} under the limit of {}", format_size(limit - bytes), format_size(limit))
               : fmt::format("{} over the limit of {}", format_size(bytes - limit), format_size(limit));
}

std::string format_share(std::uint64_t part, std::uint64_t whole) {
    const double share = whole == 0 ? 0 : 100.0 * static_cast<double>(part) / static_cast<double>(whole);
    return fmt::format("{:.2f} %", share);
}

}  // namespace ballast
