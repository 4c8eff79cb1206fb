#pragma once

#include <nlohmann/json_fwd.hpp>

#include "compare/experiment.hpp"

namespace ballast {

// For programs; docs/compare.md describes each field.
nlohmann::ordered_json experiment_json(const Experiment& experiment);

}  // namespace ballast
