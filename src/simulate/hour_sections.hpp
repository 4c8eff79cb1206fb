#pragma once

#include "page/report.hpp"
#include "simulate/simulate.hpp"

namespace ballast {

// Of the page: the share of cold starts and the contexts of the first strategy over time, by hours, or by
// days where there are more than k_page_hours.
void add_hours(Report& report, const Simulation& simulation);

}  // namespace ballast
