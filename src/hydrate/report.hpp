#pragma once

#include <string>

#include "format/lock.hpp"
#include "hydrate/hydrate.hpp"

namespace ballast {

// What a hydration did, as JSON text in one line: what 'hydrate --json' prints and a cold start logs.
std::string report_json(const Lock& lock, const HydrateReport& report);

}  // namespace ballast
