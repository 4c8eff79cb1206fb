#pragma once

#include <memory>

#include "simulate/input/log_parser.hpp"

namespace ballast {

// REPORT lines of Lambda, and its platform.report events in JSON, alone or inside what CloudWatch exports:
// with a time at the beginning of the line, or in a JSON event's "timestamp". All other lines are passed
// over.
std::unique_ptr<LogParser> make_lambda_log_parser();

}  // namespace ballast
