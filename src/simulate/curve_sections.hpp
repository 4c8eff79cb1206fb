#pragma once

#include "page/report.hpp"
#include "simulate/simulate.hpp"

namespace ballast {

// Of the page: the share of cold starts against idle gap, expiry and rate. REQUIRES: simulation.curves.
void add_curves(Report& report, const Simulation& simulation);

}  // namespace ballast
