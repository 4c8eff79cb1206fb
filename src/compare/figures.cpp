#include "compare/figures.hpp"

#include <fmt/format.h>

#include <cmath>

namespace ballast {

std::string format_ms(double ms) {
    const double size = std::fabs(ms);
    if (size >= 9995) return fmt::format("{:.1f} s", ms / 1000);
    if (size >= 999.5) return fmt::format("{:.2f} s", ms / 1000);
    if (size >= 99.95) return fmt::format("{:.0f} ms", ms);
    if (size >= 9.995) return fmt::format("{:.1f} ms", ms);
    return fmt::format("{:.2f} ms", ms);
}

std::string format_added_ms(double ms) {
    if (std::fabs(ms) < 0.005) return "0";
    return (ms > 0 ? "+" : "\u2212") + format_ms(std::fabs(ms));
}

std::string said_ms(const Way& way, double ms) {
    return (way.time_basis == Basis::measured ? "" : "about ") + format_ms(ms);
}

std::string marked(Basis basis, const std::string& figure) {
    return (basis == Basis::measured ? "" : basis == Basis::predicted ? "\u2248 " : "~ ") + figure;
}

std::string marked_added(const Way& way, const std::optional<double>& ms) {
    return ms ? marked(way.time_basis, format_added_ms(*ms)) : "?";
}

std::string format_starts(const PairedStarts& starts) {
    return format_ms(starts.plain_ms) + " → " + format_ms(starts.changed_ms);
}

std::string works_text(const Way& way) {
    if (!way.tried()) return "not tried: " + way.missing;
    if (!way.works()) return "no: " + way.faults.front();
    return way.untested.empty() ? "yes" : "not tested: " + way.untested;
}

std::string format_usd(double usd) {
    if (usd != 0 && usd < 0.01) return fmt::format("${:.4f}", usd);
    return fmt::format("${:.2f}", usd);
}

}  // namespace ballast
