#pragma once

#include "compare/experiment.hpp"
#include "page/report.hpp"

namespace ballast {

// The experiment as a page for people: recommendation, table of ways, size against cold start with the limit
// drawn in, what starting each program costs, what a bundle cannot hold, and the model's inputs.
Report experiment_page(const Experiment& experiment);

}  // namespace ballast
