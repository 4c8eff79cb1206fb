#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>

namespace ballast {

// JSON as a program prints it: indented by two, ends in '\n'. What is not UTF-8 (file names may be any bytes)
// is replaced.
std::string json_text(const nlohmann::ordered_json& json);

// The same in one line, without the '\n'.
std::string json_line(const nlohmann::ordered_json& json);

}  // namespace ballast
