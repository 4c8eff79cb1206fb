#pragma once

#include <chrono>
#include <functional>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "format/lease.hpp"
#include "store/store.hpp"

namespace ballast {

// How long a push waits for a gc that is removing what it needs, and what tests replace.
struct LeaseOptions {
    std::chrono::milliseconds longest_wait = std::chrono::seconds(60);
    std::function<void(std::chrono::milliseconds)> sleep = {};  // empty: the thread sleeps
};

// What keeps gc from removing what a push relies on, while the push lasts: its side of the protocol of
// docs/lifecycle.md. Owned by the push; one thread.
//
//   take(); then look what is there, send the rest, the manifest;
//   renew(); then write the version's record;
//   confirm(); only then say that the version is stored.
//
// The destructor removes the lease, as far as the store lets it.
class PushLease {
  public:
    // Writes the lease, then waits while a gc that began before is removing anything it names.
    // REQUIRES: store outlives it. Errors: those of the store; unavailable when the wait took too long,
    // or the gc was killed; usage when a manifest refers to more packs than a lease can name.
    static Result<PushLease> take(Store& store, Lease lease, const LeaseOptions& options = {});

    PushLease(PushLease&& other) noexcept;
    PushLease& operator=(PushLease&&) = delete;
    PushLease(const PushLease&) = delete;
    PushLease& operator=(const PushLease&) = delete;
    ~PushLease();

    // Begins a new lease before the old one ends. Errors: unavailable when the old one has ended already,
    // or nearly: what it protected may be gone.
    Result<void> renew();

    // Whether the lease held all the time: then every gc sees the lease or the version. Errors:
    // unavailable when it did not.
    Result<void> confirm() const;

    // Leaves the lease to its grace time: for a push that does not know whether its version was written.
    void leave() { m_keys.clear(); }

  private:
    PushLease(Store& store, Lease lease) : m_store(&store), m_lease(std::move(lease)) {}
    Result<void> write();
    Result<void> wait_for_removals(const LeaseOptions& options) const;
    tl::unexpected<Error> ended() const;

    Store* m_store;
    Lease m_lease;
    std::vector<std::string> m_keys;  // what was written, the oldest first
};

}  // namespace ballast
