#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "base/result.hpp"

namespace ballast {

// Calls `element` with the path ("ListBucketResult/Contents/Key") and text of each element as it ends.
// Hostile input: entities of its own, deep nesting and broken XML are errors (corrupt, naming
// `name_in_errors`).
using XmlElement = std::function<void(std::string_view path, std::string_view text)>;
Result<void> parse_xml(std::string_view xml, std::string_view name_in_errors, const XmlElement& element);

}  // namespace ballast
