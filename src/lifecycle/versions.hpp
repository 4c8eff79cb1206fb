#pragma once

#include <string>
#include <vector>

#include "base/result.hpp"
#include "format/manifest.hpp"
#include "format/version.hpp"
#include "store/store.hpp"

// The versions that a store has, and their manifests.

namespace ballast {

struct StoredVersion {
    Version record;
    std::uint64_t bytes = 0;  // of the record's object
    StoreTime modified;       // when that was stored, by the store's clock
    std::string label() const { return record.name + "/" + record.version; }
};

struct VersionList {
    std::vector<StoredVersion> versions;  // newest first by `created`; by key among equals
    std::vector<Error> damaged;           // records that cannot be believed: one corrupt error each
};

// All versions of the family, or of all families when `name` is empty. A record that another process
// removes meanwhile is left out. Errors: those of the store.
Result<VersionList> list_versions(Store& store, const std::string& name = {});

// The family's records alone. Errors: those of the store; corrupt for a damaged record.
Result<std::vector<Version>> read_versions(Store& store, const std::string& name);

// The version that a user means by "1.4.2", "rendering/1.4.2" or, where that is not a version, the first
// four or more characters of just one. `name` restricts to a family when it is not empty.
// Errors: not_found; usage when it can mean several, naming them, or can mean none.
Result<StoredVersion> find_version(Store& store, const std::string& text, const std::string& name);

// Reads a version's manifest. Errors: those of the store; corrupt when it is not the one that the
// record pins.
Result<Manifest> read_manifest(Store& store, const Version& version);

// "file:///srv/ballast: packs/ab12...": how errors name an object.
std::string shown_object(const Store& store, std::string_view key);

}  // namespace ballast
