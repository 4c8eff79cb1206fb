#pragma once

#include <cstdint>
#include <string>

#include "base/table.hpp"
#include "simulate/simulate.hpp"

namespace ballast {

// For people. Ends in '\n'.
enum class HourRows : std::uint8_t { some, all };
std::string simulation_text(const Simulation& simulation, HourRows hours, Colours colours);

// "2024-01-31 10h", or "hour 3" of a log without dates.
std::string hour_text(std::int64_t begin_us, const Simulation& simulation);

}  // namespace ballast
