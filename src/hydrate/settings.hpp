#pragma once

#include <cstdint>

#include "base/result.hpp"
#include "format/lock.hpp"
#include "hydrate/hydrate.hpp"

namespace ballast {

// What holds for a hydration: the package's lock, then BALLAST_STORE, BALLAST_ROOT, BALLAST_GROUPS and
// BALLAST_TIMEOUT, then what is `said` (a program's flags, an embedder's options), the later winning.
// BALLAST_DEADLINE_MS (milliseconds since 1970, as Lambda tells a function's deadline) holds besides.
// BALLAST_SECOND_REQUESTS=off keeps from asking a slow store twice. `said.groups` are as wanted_groups
// (hydrate/wanted_groups.hpp) reads them. Errors: usage, for a variable that cannot be read.
Result<HydrateOptions> complete_options(const Lock& lock, HydrateOptions said);

// An instant in milliseconds since 1970. REQUIRES: not negative.
Deadline deadline_at(std::int64_t milliseconds_since_1970);

}  // namespace ballast
