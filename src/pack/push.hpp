#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/progress.hpp"
#include "base/result.hpp"
#include "format/lock.hpp"
#include "format/manifest.hpp"
#include "lifecycle/push_lease.hpp"
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

// Sends a version from where `pack` staged it: packs, then the manifest, then the version's record, so
// that a version that can be seen has all it needs. Stopped anywhere, it leaves at most objects that
// nothing refers to yet; the next push goes on. A lease keeps gc from removing what it relies on
// (docs/lifecycle.md).
//
//   begin(); what needs() says; send().
class Push {
  public:
    // Takes the lease, waits for a gc that is removing what the version needs, looks what is there.
    // REQUIRES: lock, manifest and store outlive the push.
    // Errors: those of the store and of PushLease::take; corrupt when a pack has another size.
    static Result<Push> begin(const Lock& lock, const Manifest& manifest, Store& store,
                              const LeaseOptions& options = {});

    const PushNeeds& needs() const { return m_needs; }

    // Errors: those of the store; not_found when a pack is neither in the store nor staged; corrupt when
    // a staged pack is damaged; check_failed when the version is there and is another; unavailable when
    // it took so long that its lease ended: then it is to be pushed again.
    Result<PushReport> send(Store& staging, Progress& progress);

  private:
    Push(const Lock& lock, const Manifest& manifest, Store& store, PushLease lease)
        : m_lock(&lock), m_manifest(&manifest), m_store(&store), m_lease(std::move(lease)) {}
    Result<void> find_needs();
    Result<std::vector<PutOutcome>> send_packs(Store& staging, Progress& progress, unsigned lanes);
    Result<PutOutcome> send_pack(const ManifestPack& pack, Store& staging, Progress& progress) const;
    Result<void> send_version();
    Result<void> compare_with_stored_version();

    const Lock* m_lock;
    const Manifest* m_manifest;
    Store* m_store;
    PushLease m_lease;
    PushNeeds m_needs;
    PushReport m_report;
};

// Where `pack` stages what `push` sends: beside the slim package, a store of its own.
std::string staging_path(const std::string& slim_path);

// Pushes what pack_package() staged beside the slim package, whose lock and manifest these are, then removes
// the staged packs: the store has them. Errors: those of Push.
Result<PushReport> push_staged(const Lock& lock, const Manifest& manifest, const std::string& slim_path,
                               Store& store, Progress::Output output);

}  // namespace ballast
