#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>
#include <string_view>

namespace ballast {

// The value that a text holds; a discarded one (is_discarded()) where it is not JSON, or nested more than
// k_most_json_depth deep. Compiled once: the parser takes seconds wherever it is instantiated.
inline constexpr int k_most_json_depth = 1000;
nlohmann::json parse_json(std::string_view text);

// A member of what may be any JSON: null, or "", where it is no object, or has none such.
const nlohmann::json& json_member(const nlohmann::json& object, const char* key);
std::string json_string(const nlohmann::json& object, const char* key);

// JSON as a program prints it: indented by two, ends in '\n'. What is not UTF-8 (file names may be any bytes)
// is replaced.
std::string json_text(const nlohmann::ordered_json& json);

// The same in one line, without the '\n'.
std::string json_line(const nlohmann::ordered_json& json);

}  // namespace ballast
