#pragma once

#include <cstddef>

#include "page/report.hpp"
#include "simulate/simulate.hpp"

namespace ballast {

// Logs of more hours than this are drawn by days.
inline constexpr std::size_t k_page_hours = std::size_t{31} * 24;

// The page of `simulate --html`. REQUIRES: the simulation has its curves.
Report simulation_page(const Simulation& simulation);

}  // namespace ballast
