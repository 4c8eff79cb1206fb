#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>

#include "analyze/why.hpp"
#include "base/table.hpp"

namespace ballast {

// For people, ending in '\n'; for programs (docs/analyze.md).
std::string why_text(const Why& why, Colours colours);
nlohmann::ordered_json why_json(const Why& why);

}  // namespace ballast
