#pragma once

#include "compare/experiment.hpp"

namespace ballast {

// Two sentences, out of what works and fits. REQUIRES: ways as of make_ways(), with bills where there is a
// rate.
Recommendation recommend(const Experiment& experiment);

}  // namespace ballast
