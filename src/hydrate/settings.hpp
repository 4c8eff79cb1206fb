#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "format/lock.hpp"
#include "hydrate/hydrate.hpp"

namespace ballast {

using Deadline = std::chrono::steady_clock::time_point;

// What a caller says itself: a program by flags, an embedder by options.
struct HydrateWishes {
    std::string store;
    std::string root;
    std::vector<std::string> groups;  // as wanted_groups (hydrate/start.hpp) reads them
    Deadline deadline = Deadline::max();
    std::function<void(const Error& trouble)> on_trouble = {};  // see StoreOptions
};

struct HydrateSettings {
    HydrateOptions options;
    std::string store;  // its URL
};

// What holds for a hydration: the package's lock, then BALLAST_STORE, BALLAST_ROOT, BALLAST_GROUPS and
// BALLAST_TIMEOUT, then the wishes, the later winning. BALLAST_DEADLINE_MS (milliseconds since 1970, as
// Lambda tells a function's deadline) holds besides. BALLAST_SECOND_REQUESTS=off keeps from asking a slow
// store twice. Errors: usage, for a variable that cannot be read.
Result<HydrateSettings> hydrate_settings(const Lock& lock, const HydrateWishes& wishes);

// An instant in milliseconds since 1970. REQUIRES: not negative.
Deadline deadline_at(std::int64_t milliseconds_since_1970);

}  // namespace ballast
