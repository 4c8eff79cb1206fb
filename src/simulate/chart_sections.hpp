#pragma once

#include "page/report.hpp"
#include "simulate/simulate.hpp"

// The charts of the page about its first strategy.

namespace ballast {

// The share of cold starts and the contexts over time: by hours, or by days of a log of more than a month.
void add_hours(Report& report, const Simulation& simulation);

// The share of cold starts against idle gap, idle expiry and rate. REQUIRES: the simulation has its curves.
void add_curves(Report& report, const Simulation& simulation);

}  // namespace ballast
