#pragma once

#include <optional>

#include "analyze/analyze.hpp"
#include "analyze/baseline.hpp"
#include "page/report.hpp"

namespace ballast {

// How many areas the page's treemap has: more are too small to be seen, and slow.
inline constexpr std::size_t k_page_tree_nodes = 3'000;

// The page of `analyze --html`. REQUIRES: the analysis has its tree.
Report analysis_page(const Analysis& analysis, const std::optional<Comparison>& comparison);

}  // namespace ballast
