#pragma once

#include <string>
#include <string_view>

#include "base/result.hpp"
#include "config/config.hpp"

namespace ballast {

// Reads the text of a ballast.toml; `name_in_errors` names it in errors. All that Config promises holds
// afterwards, and all patterns compile; `name` and `store` may still be empty.
// Errors: usage, as "<name_in_errors>:<line>: ..."; an unknown key comes with "did you mean".
Result<Config> parse_config(std::string_view text, const std::string& name_in_errors);

}  // namespace ballast
