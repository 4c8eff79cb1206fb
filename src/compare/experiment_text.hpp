#pragma once

#include <string>

#include "base/table.hpp"
#include "compare/experiment.hpp"

namespace ballast {

// For people on a terminal, and in a comment on a merge request. Both end in '\n'.
std::string experiment_text(const Experiment& experiment, Colours colours);
std::string experiment_markdown(const Experiment& experiment);

}  // namespace ballast
