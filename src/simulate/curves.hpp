#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "simulate/histogram.hpp"
#include "simulate/scenario.hpp"

// How the share of cold starts follows from how long a function is idle before a request, from how long idle
// contexts stay, and from the rate. docs/simulate.md, "Curves", defines each.

namespace ballast {

// Requests that came after their function had been idle for from_us up to, but not including, to_us.
struct GapRow {
    std::int64_t from_us = 0;
    std::int64_t to_us = k_never_us;
    std::uint64_t requests = 0;
    std::uint64_t cold = 0;           // simulated, the first strategy
    std::uint64_t known = 0;          // of which the log says whether they were cold
    std::uint64_t recorded_cold = 0;  // and were
};

// The same log, with idle contexts that stay for so long.
struct ExpiryRow {
    std::int64_t expiry_us = 0;
    std::uint64_t requests = 0;
    std::uint64_t cold = 0;
};

// Requests at random (Poisson) at this rate, with the log's durations.
struct RateRow {
    double per_second = 0;
    std::uint64_t requests = 0;
    std::uint64_t cold = 0;
};

struct Curves {
    std::uint64_t first = 0;        // requests, the first of their functions: no gap is known
    GapRow in_flight = {};          // came while another was being served
    std::vector<GapRow> gaps = {};  // ascending, without gaps between them
    std::vector<ExpiryRow> by_expiry = {};
    std::vector<RateRow> by_rate = {};  // none where contexts never expire
    double per_second = 0;              // the log's own rate, of one function on average
};

// Those of Curves::by_expiry.
inline constexpr std::array k_curve_minutes = {1, 2, 3, 4, 5, 6, 7, 8, 10, 12, 15, 20, 25, 30, 40, 50, 60};

// How long functions were idle before each request, by the log's own ends: start, recorded init and duration.
class IdleGaps {
  public:
    // Below 0 while another request was in flight; nothing at a function's first.
    std::optional<std::int64_t> before(const Invocation& request) {
        if (request.function >= m_last_end_us.size())
            m_last_end_us.resize(std::size_t{request.function} + 1, k_never_us);
        std::int64_t& last_end_us = m_last_end_us[request.function];
        const std::int64_t end_us = request.start_us + request.init_us + request.duration_us;
        const std::int64_t before_us = last_end_us;
        last_end_us = before_us == k_never_us ? end_us : std::max(before_us, end_us);
        if (before_us == k_never_us) return std::nullopt;
        return request.start_us - before_us;
    }

  private:
    std::vector<std::int64_t> m_last_end_us;  // by function; k_never_us before its first
};

// Counts gaps, and durations, while a log passes.
// Memory grows with the number of functions only.
class GapCount {
  public:
    GapCount();

    // Has `first` simulate the requests too, one by one, to learn which were cold.
    void consume(std::span<const Invocation> requests, Scenario& first);

    // With all but by_expiry and by_rate.
    Curves curves(double seconds, std::uint32_t functions) const;
    const Histogram& durations() const { return m_durations; }

  private:
    IdleGaps m_idle_gaps;
    std::vector<GapRow> m_gaps;
    GapRow m_in_flight;
    std::uint64_t m_first = 0;
    std::uint64_t m_requests = 0;
    Histogram m_durations;
};

// One point of the curve: at least 50 mean expiries long, at most ten years, of which the first tenth is not
// counted: contexts that only the beginning makes would be. REQUIRES: durations has a value, the expiry of
// `rules` is not never. Reproducible.
RateRow simulate_rate(double per_second, const Histogram& durations, const Rules& rules, std::uint64_t seed);

// From one request in 28 hours to what two million requests can show, four a decade. Errors: interrupted.
Result<std::vector<RateRow>> simulate_rates(const Histogram& durations, const Rules& rules,
                                            std::uint64_t seed);

}  // namespace ballast
