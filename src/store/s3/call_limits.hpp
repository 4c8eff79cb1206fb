#pragma once

#include <chrono>
#include <stop_token>

namespace ballast {

// How long a call that blocks may take, and what gives it up.
struct CallLimits {
    using Clock = std::chrono::steady_clock;
    Clock::time_point deadline = Clock::time_point::max();
    std::stop_token stop = {};
    bool heeds_interrupts = true;  // false for what has to be tidied up after one
};

}  // namespace ballast
