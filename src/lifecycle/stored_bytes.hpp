#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "lifecycle/versions.hpp"
#include "store/store.hpp"

namespace ballast {

// What one version takes of a store. A version may use a part of a pack, so bytes are summed over
// the compressed frames that its manifest lists: own + shared = stored.
struct VersionBytes {
    StoredVersion version;
    std::uint64_t stored_bytes = 0;  // of all its frames
    std::uint64_t own_bytes = 0;     // of frames that no other version of the store has
    std::uint64_t shared_bytes = 0;  // of frames that others have, too
    std::uint64_t packs = 0;
    std::uint64_t own_packs = 0;  // that no other version refers to
};

struct StoredBytes {
    std::vector<VersionBytes> versions;  // as list_versions() orders them
    std::vector<Error> damaged;          // records and manifests that cannot be believed or are gone
    std::uint64_t frame_bytes = 0;       // of all distinct frames of all versions
    std::uint64_t packs = 0;             // objects in the store
    std::uint64_t pack_bytes = 0;
    std::uint64_t orphan_packs = 0;  // of these, what no version refers to; 0 where something is damaged
    std::uint64_t orphan_bytes = 0;
};

// Reads every manifest of the store, one in memory at a time. Errors: those of the store.
Result<StoredBytes> measure_stored_bytes(Store& store);

}  // namespace ballast
