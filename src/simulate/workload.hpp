#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <string_view>

#include "simulate/distribution.hpp"
#include "simulate/invocation.hpp"

namespace ballast {

// Requests by a model: Poisson arrivals whose rate may follow the hours of a day, and bursts on top.
struct Workload {
    double rate = 0;  // requests a second, on average
    std::int64_t length_us = k_day_us;
    Distribution service = Distribution::fixed(100'000);
    std::array<double, 24> hours = {};  // how the rate follows the day, by weight; all 0: it does not
    std::int64_t burst_every_us = 0;    // 0: none; the first after half of it
    std::uint32_t burst_size = 0;       // requests at once
    std::uint64_t seed = 1;
};

// "0.8": a cosine with its peak at noon, from 0 (flat) to 1 (nothing at midnight); or 24 weights,
// "1,1,2,...", from hour 0 on. Errors: usage, naming `name_in_errors`.
Result<std::array<double, 24>> parse_daily(std::string_view text, std::string_view name_in_errors);

// REQUIRES: rate >= 0, length_us > 0, weights >= 0.
std::unique_ptr<InvocationSource> make_workload(const Workload& workload);

}  // namespace ballast
