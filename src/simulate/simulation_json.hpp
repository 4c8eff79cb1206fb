#pragma once

#include <nlohmann/json_fwd.hpp>

#include "simulate/simulate.hpp"

namespace ballast {

// For programs; docs/simulate.md describes each field.
nlohmann::ordered_json simulation_json(const Simulation& simulation);

}  // namespace ballast
