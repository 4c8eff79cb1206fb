#pragma once

#include <string>

#include "analyze/analyze.hpp"
#include "base/table.hpp"

namespace ballast {

// For people. Ends in '\n'. Estimates are marked with "≈".
std::string analysis_text(const Analysis& analysis, Colours colours);

}  // namespace ballast
