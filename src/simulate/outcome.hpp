#pragma once

#include <cstdint>
#include <string>

#include "simulate/scenario.hpp"
#include "simulate/simulate.hpp"

namespace ballast {

Spread spread_of(const Histogram& histogram);

// What counts mean over the time from first_us to last_us, of `functions` functions of `memory_mb` megabytes.
struct OutcomeInput {
    std::int64_t first_us = 0;
    std::int64_t last_us = 0;
    std::uint32_t functions = 1;
    std::uint16_t memory_mb = 128;
    Architecture architecture = Architecture::x86;
};
Outcome outcome_of(std::string name, const Rules& rules, const Tally& tally, const OutcomeInput& input);

}  // namespace ballast
