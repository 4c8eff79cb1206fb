#pragma once

#include <chrono>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "lifecycle/gc_mark.hpp"
#include "lifecycle/gc_survey.hpp"
#include "lifecycle/protocol.hpp"
#include "lifecycle/retention.hpp"
#include "lifecycle/versions.hpp"
#include "store/store.hpp"

namespace ballast {

struct GcOptions {
    Retention retention;
    std::chrono::seconds grace = k_lease_grace;
    enum class Mode : std::uint8_t { remove, dry_run } mode = Mode::remove;
    RunningClock clock = boot_time;
};

struct GcReport {
    std::vector<JudgedVersion> versions;  // newest first; all that the store has
    GcCount removed_versions;             // or what would be, in a dry run; the same below
    GcCount removed_manifests;
    GcCount removed_packs;
    GcCount kept_versions;
    GcCount kept_manifests;
    GcCount kept_packs;
    std::uint64_t leases = 0;        // of pushes under way, whose objects stay
    std::uint64_t ended_leases = 0;  // of pushes that were killed, removed
    std::uint64_t stale_marks = 0;   // of gcs that were killed, removed
    std::uint64_t unfinished = 0;    // uploads that were killed and not taken up in the grace time, removed
    std::vector<std::string> lacks;  // what kept versions need and the store has not
};

// Removes the versions that the retention gives up, then manifests that no version refers to, then packs
// that no kept manifest refers to, of the whole store; whatever is pushed meanwhile stays whole
// (docs/lifecycle.md). Stopped anywhere, it leaves every kept version whole, and the next gc goes on.
// REQUIRES: grace >= k_least_lease_grace. Errors: those of the store; corrupt, with nothing removed, when
// what is needed cannot be known; unavailable when it stopped because its mark had expired.
Result<GcReport> collect_garbage(Store& store, const GcOptions& options);

}  // namespace ballast
