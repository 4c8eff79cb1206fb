#pragma once

#include <string>

#include "base/table.hpp"
#include "compare/experiment.hpp"

namespace ballast {

// For people. Ends in '\n'.
std::string experiment_text(const Experiment& experiment, Colours colours);

}  // namespace ballast
