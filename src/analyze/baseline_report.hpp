#pragma once

#include <cstdint>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>

#include "analyze/baseline.hpp"
#include "base/table.hpp"

namespace ballast {

// "+6.2 MB", "-12 B", "±0 B"; "+2.19 %", "" where there was nothing.
std::string format_change(std::int64_t bytes);
std::string format_growth(std::uint64_t before, std::uint64_t after);

// For people, for programs (docs/analyze.md), and for a comment in a merge request.
std::string comparison_text(const Comparison& comparison, Colours colours);
nlohmann::ordered_json comparison_json(const Comparison& comparison);
std::string analysis_markdown(const Analysis& analysis, const std::optional<Comparison>& comparison);

}  // namespace ballast
