#pragma once

#include <nlohmann/json_fwd.hpp>

#include "analyze/analyze.hpp"

namespace ballast {

// For programs; docs/analyze.md describes each field.
nlohmann::ordered_json analysis_json(const Analysis& analysis);

}  // namespace ballast
