#pragma once

#include <string>

#include "base/result.hpp"

namespace ballast {

// 32 hexadecimal digits that no other lease or mark of any machine has.
// Errors: unavailable when the system gives no random bytes.
Result<std::string> random_name();

}  // namespace ballast
