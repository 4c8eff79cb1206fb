#pragma once

#include <string_view>

#include "base/fault.hpp"

// What settings may be, wherever they come from. Each gives the fault of a value, or none.

namespace ballast {

std::optional<Fault> name_fault(std::string_view name);
std::optional<Fault> group_name_fault(std::string_view name);

// A plain path, "file:///dir", or "s3://bucket[/prefix][?...]". What the query says is the store's to check.
std::optional<Fault> store_fault(std::string_view url);

// Variables that exec sets itself are refused: what is configured would replace them whole.
std::optional<Fault> variable_fault(std::string_view name);

// "{tree}" is the one placeholder; any other "{word}" is refused, so that none is kept by mistake.
std::optional<Fault> variable_value_fault(std::string_view value);

}  // namespace ballast
