#pragma once

#include <string>

#include "base/table.hpp"
#include "cli/package_settings.hpp"
#include "pack/plan.hpp"

namespace ballast {

// What a plan moves, for people: by category, the biggest that leave, sizes before and after against
// the limit.
std::string plan_text(const LoadedPackage& loaded, const Plan& plan, Colours colours);

// The same for programs; docs/configuration.md lists the fields.
std::string plan_json(const LoadedPackage& loaded, const Plan& plan);

}  // namespace ballast
