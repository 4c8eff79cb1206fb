#pragma once

#include <cstdint>

#include "simulate/platform.hpp"
#include "simulate/strategy.hpp"

namespace ballast {

// Requests that nobody waits for, sent so that contexts stay.
struct KeepWarm {
    std::int64_t every_us = 0;  // 0: none
    std::uint32_t at_once = 1;
    std::int64_t duration_us = 100'000;  // long enough that those at once need a context each
};

// All that decides one simulation, apart from the requests and the seed.
struct Rules {
    Platform platform = {};
    Strategy strategy = {};
    KeepWarm keep_warm = {};
    Distribution init = Distribution::fixed(0);  // of a cold start, where the log does not say
    std::uint16_t memory_mb = 128;               // where the log does not say; Lambda's own default
};

}  // namespace ballast
