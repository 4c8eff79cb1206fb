#pragma once

#include <string>

#include "compare/experiment.hpp"

namespace ballast {

// For a comment in a merge request.
std::string experiment_markdown(const Experiment& experiment);

}  // namespace ballast
