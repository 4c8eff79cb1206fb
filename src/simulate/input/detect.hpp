#pragma once

#include <string_view>

#include "simulate/input/log_parser.hpp"

namespace ballast {

// What a log that begins with `text` is: by its header where it is CSV, by what its lines hold otherwise.
LogFormat detect_log_format(std::string_view text);

}  // namespace ballast
