#pragma once

#include <cstdint>
#include <string>

#include "base/table.hpp"
#include "simulate/simulate.hpp"

namespace ballast {

// For people. Ends in '\n'.
enum class HourRows : std::uint8_t { some, all };
std::string simulation_text(const Simulation& simulation, HourRows hours, Colours colours);

// What is said of it in every form: "1,234 invocations of 2 functions in 30 days, 512 MB".
std::string log_text(const Simulation& simulation);
// "AWS Lambda us-east-1, 2025-10, arm64"
std::string prices_text(const SimulateOptions& options);
std::string milliseconds_text(double ms);

// "2024-01-31 10h", or "hour 3" of a log without dates.
std::string hour_text(std::int64_t begin_us, const Simulation& simulation);

}  // namespace ballast
