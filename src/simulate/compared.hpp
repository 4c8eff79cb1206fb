#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "simulate/strategy.hpp"

namespace ballast {

// A way that is in a comparison and not simulated.
struct LeftOut {
    std::string name;
    std::string why;
};

struct ComparedStrategies {
    std::vector<Strategy> strategies = {};  // at least one, in the file's order
    std::vector<LeftOut> left_out = {};
};

// The most that a comparison's file may hold.
inline constexpr std::uint64_t k_max_comparison_bytes = std::uint64_t{4} * 1024 * 1024;
inline constexpr std::size_t k_max_compared = 64;

// The strategies that the ways of `ballast compare --json` make: each is what was recorded, and what the
// comparison says that the way adds. A way that does not work, or whose cold start is not known, is left out.
// `file` is for messages. Errors: corrupt when it is not a comparison, or a number of it cannot be; usage
// when no way is left.
Result<ComparedStrategies> parse_compared(std::string_view text, const std::string& file);

}  // namespace ballast
