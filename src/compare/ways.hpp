#pragma once

#include <vector>

#include "compare/experiment.hpp"

namespace ballast {

// The ways that the experiment's parts make, without bills.
std::vector<Way> make_ways(const Experiment& experiment);

}  // namespace ballast
