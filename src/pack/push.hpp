#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/progress.hpp"
#include "base/result.hpp"
#include "format/lock.hpp"
#include "format/manifest.hpp"
#include "store/store.hpp"

namespace ballast {

struct PushReport {
    std::uint64_t packs_sent = 0;
    std::uint64_t packs_there = 0;
    std::uint64_t bytes_sent = 0;  // packs, manifest and version
    bool version_was_there = false;
};

// What push still has to send: the packs of the manifest that the store does not have.
struct PushNeeds {
    std::vector<std::uint32_t> packs;  // indices into manifest.packs()
    std::uint64_t bytes = 0;
};
Result<PushNeeds> find_push_needs(const Manifest& manifest, Store& store);

// Sends a version from where `pack` staged it: packs, then the manifest, then the version's record, so
// that a version that can be seen has all it needs. Stopped anywhere, it leaves at most objects that
// nothing refers to yet; the next push goes on.
// Errors: those of the store; not_found when a pack is neither in the store nor staged; corrupt when a
// staged pack is damaged; check_failed when the version is there and is another.
Result<PushReport> push_version(const Lock& lock, const Manifest& manifest, const PushNeeds& needs,
                                Store& staging, Store& store, Progress& progress);

// Where `pack` stages what `push` sends: beside the slim package, a store of its own.
std::string staging_path(const std::string& slim_path);

}  // namespace ballast
