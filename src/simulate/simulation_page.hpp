#pragma once

#include "page/report.hpp"
#include "simulate/simulate.hpp"

namespace ballast {

// The page of `simulate --html`. REQUIRES: the simulation has its curves.
Report simulation_page(const Simulation& simulation);

}  // namespace ballast
