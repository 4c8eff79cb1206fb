#pragma once

#include <string_view>

#include "base/fault.hpp"

// What settings may be, wherever they come from. Each gives the fault of a value, or none.

namespace ballast {

FaultOf name_fault(std::string_view name);
FaultOf group_name_fault(std::string_view name);

// A plain path, "file:///dir", or "s3://bucket[/prefix][?...]". What the query says is the store's to check.
FaultOf store_fault(std::string_view url);

// Variables that exec sets itself are refused: what is configured would replace them whole.
FaultOf variable_fault(std::string_view name);

// "{tree}" is the one placeholder; any other "{word}" is refused, so that none is kept by mistake.
FaultOf variable_value_fault(std::string_view value);

}  // namespace ballast
