#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "lifecycle/versions.hpp"

namespace ballast {

// Which versions a gc keeps: of each family the newest `keep`, and whatever is not older than
// `older_than`.
struct Retention {
    std::size_t keep = 1;
    std::optional<std::chrono::seconds> older_than;  // nothing: all the rest is old enough
    std::string name;                                // only of this family; empty: of all
};

enum class Fate : std::uint8_t {
    goes,
    newest,      // among the newest that are kept
    young,       // not old enough
    other_name,  // of a family that was not asked for
    pushed_now,  // a push is under way that needs it, or it came while this gc was at work
};

// The fate of each version: one of the first four. "Newest" goes by the records' dates, and what is as
// new as the last that is kept is kept, too; age goes by when the record was stored.
// REQUIRES: newest first, as list_versions() gives them.
std::vector<Fate> decide_fates(const std::vector<StoredVersion>& versions, const Retention& retention,
                               StoreTime now);

}  // namespace ballast
