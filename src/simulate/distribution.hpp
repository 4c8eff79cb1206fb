#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.hpp"
#include "simulate/invocation.hpp"

namespace ballast {

struct Random;  // simulate/random.hpp

// A length of time that is drawn anew each time it is needed: always the same, evenly between two, or a
// floor and an exponential part above it.
class Distribution {
  public:
    enum class Kind : std::uint8_t { fixed, uniform, exponential };

    static Distribution fixed(std::int64_t us) { return {Kind::fixed, us, 0}; }
    static Distribution never() { return fixed(k_never_us); }
    // REQUIRES: low_us <= high_us.
    static Distribution uniform(std::int64_t low_us, std::int64_t high_us) {
        return {Kind::uniform, low_us, high_us - low_us};
    }
    // Never less than `floor_us`; on average floor_us + mean_us.
    static Distribution exponential(std::int64_t mean_us, std::int64_t floor_us = 0) {
        return {Kind::exponential, floor_us, mean_us};
    }

    std::int64_t draw(Random& random) const {
        if (m_kind == Kind::fixed) return m_floor_us;
        return m_floor_us + above_floor(random);
    }

    bool is_fixed() const { return m_kind == Kind::fixed; }
    bool is_never() const { return m_kind == Kind::fixed && m_floor_us == k_never_us; }
    std::int64_t least_us() const { return m_floor_us; }
    double mean_us() const;
    bool operator==(const Distribution&) const = default;

    // As parse_distribution() reads it.
    std::string to_string() const;

  private:
    Distribution(Kind kind, std::int64_t floor_us, std::int64_t spread_us)
        : m_kind(kind), m_floor_us(floor_us), m_spread_us(spread_us) {}
    std::int64_t above_floor(Random& random) const;

    Kind m_kind;
    std::int64_t m_floor_us;
    std::int64_t m_spread_us;
};

// What a number without a unit is.
enum class Unitless : std::uint8_t { refused, seconds };

// "850ms", "1.5s", "45m", "2h", "7d": a number and its unit. Errors: usage, naming `name_in_errors` (the
// flag).
Result<std::int64_t> parse_span_us(std::string_view text, std::string_view name_in_errors,
                                   Unitless unitless = Unitless::refused);
// The same way back: "1.86 s", "45 min", for people.
std::string format_span_us(double us);

// "640s" always; "5m..7m" evenly between; "exp:2s" exponential; "640s+exp:200s" above a floor; "never".
// Of two lengths both have a unit or neither. Errors: usage, naming `name_in_errors`.
Result<Distribution> parse_distribution(std::string_view text, std::string_view name_in_errors,
                                        Unitless unitless = Unitless::refused);

}  // namespace ballast
