#pragma once

#include <chrono>
#include <string>
#include <unordered_map>
#include <vector>

#include "base/result.hpp"
#include "format/removal_mark.hpp"
#include "lifecycle/retention.hpp"
#include "lifecycle/versions.hpp"
#include "store/store.hpp"

namespace ballast {

// An object named by its digest.
struct DigestObject {
    Digest digest;
    std::uint64_t bytes = 0;
};

struct JudgedVersion {
    StoredVersion version;
    Fate fate = Fate::goes;
};

// Objects of one kind.
struct GcCount {
    std::uint64_t objects = 0;
    std::uint64_t bytes = 0;
    void add(std::uint64_t more_bytes) {
        ++objects;
        bytes += more_bytes;
    }
};

// What is needed and what is not, as one look at the store shows it.
struct Survey {
    std::vector<JudgedVersion> versions;  // newest first
    std::vector<DigestObject> manifests;  // that nothing which stays needs
    std::vector<DigestObject> packs;      // the same
    GcCount kept_manifests;
    GcCount kept_packs;
    std::uint64_t leases = 0;        // of pushes under way
    std::uint64_t ended_leases = 0;  // older than the grace time
    std::vector<std::string> lacks;  // "app/v1: packs/ab12...": what a kept version needs and is not there
};

// What happens to the leases that are older than the grace time: before anything that they named is
// removed, they must be.
enum class EndedLeases : std::uint8_t { remove, leave };

// Looks at a store for gc. Keeps what it read of manifests, which never change, for its next look.
class Surveyor {
  public:
    Surveyor(Store& store, Retention retention, std::chrono::seconds grace)
        : m_store(store), m_retention(std::move(retention)), m_grace(grace) {}

    // Reads the leases, then the versions, then what is there: in this order, since a push writes its
    // version before it ends its lease. `now` is the newest time known of the store. With `only`, no more
    // goes than that names: what else has become unneeded is needed by what stays of it, and is the next
    // gc's.
    // Errors: those of the store; corrupt when a lease, a version's record or a kept version's manifest
    // cannot be believed: nobody knows then what is needed.
    Result<Survey> look(StoreTime now, EndedLeases ended, const RemovalMark* only = nullptr);

  private:
    struct Needs;
    Result<void> read_leases(StoreTime now, EndedLeases ended, Needs& needs, Survey& survey);
    Result<bool> read_leases_once(StoreTime now, EndedLeases ended, Needs& needs, Survey& survey);
    Result<void> read_versions(StoreTime now, const RemovalMark* only, Needs& needs, Survey& survey);
    Result<const std::vector<Digest>*> packs_of(const StoredVersion& version);
    Result<void> list_what_is_there(const Needs& needs, Survey& survey);

    Store& m_store;
    const Retention m_retention;
    const std::chrono::seconds m_grace;
    std::unordered_map<Digest, std::vector<Digest>> m_packs_of_manifest;
};

}  // namespace ballast
