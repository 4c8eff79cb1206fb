#pragma once

#include <chrono>
#include <string>
#include <string_view>

#include "base/result.hpp"

namespace ballast {

// "45s", "90m", "24h", "30d", "2w": a whole number and its unit, at most 100 years.
// Errors: usage, naming `name_in_errors` (the flag).
Result<std::chrono::seconds> parse_duration(std::string_view text, std::string_view name_in_errors);

// The same way back, in the largest unit that is whole: "30d", "90m", "0s". Weeks are shown as days.
std::string format_duration(std::chrono::seconds duration);

}  // namespace ballast
