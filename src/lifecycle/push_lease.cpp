#include "lifecycle/push_lease.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <thread>
#include <unordered_set>

#include "base/duration.hpp"
#include "base/file.hpp"
#include "base/interrupt.hpp"
#include "format/keys.hpp"
#include "format/removal_mark.hpp"
#include "format/utc_time.hpp"
#include "lifecycle/protocol.hpp"
#include "lifecycle/random_name.hpp"
#include "lifecycle/versions.hpp"

namespace ballast {
namespace {

using std::chrono::milliseconds;

constexpr milliseconds k_first_pause{100};
constexpr milliseconds k_longest_pause{2000};

// Whether what the mark names is anything that the lease names.
bool concerns(const RemovalMark& mark, const Lease& lease) {
    if (std::find(mark.manifests.begin(), mark.manifests.end(), lease.manifest) != mark.manifests.end())
        return true;
    const VersionName own{lease.name, lease.version};
    if (std::find(mark.versions.begin(), mark.versions.end(), own) != mark.versions.end()) return true;
    const std::unordered_set<Digest> needed(lease.packs.begin(), lease.packs.end());
    return std::any_of(mark.packs.begin(), mark.packs.end(),
                       [&](const Digest& pack) { return needed.contains(pack); });
}

}  // namespace

Result<PushLease> PushLease::take(Store& store, Lease lease, const LeaseOptions& options) {
    if (lease.packs.size() > k_max_lease_packs) {
        return fail(ErrorCode::usage, lease.name + "/" + lease.version,
                    fmt::format("refers to {} packs, more than a push may", lease.packs.size()),
                    "pack again with --repack");
    }
    PushLease taken(store, std::move(lease));
    BALLAST_CHECK(taken.write());
    BALLAST_CHECK(taken.wait_for_removals(options));
    return taken;
}

PushLease::PushLease(PushLease&& other) noexcept
    : m_store(other.m_store), m_lease(std::move(other.m_lease)), m_keys(std::exchange(other.m_keys, {})) {}

PushLease::~PushLease() {
    // The newest first, so that the one that confirm() asked for is the last to go.
    for (auto key = m_keys.rbegin(); key != m_keys.rend(); ++key) (void)m_store->remove(*key);
}

Result<void> PushLease::write() {
    BALLAST_TRY(const std::string random, random_name());
    m_lease.created = utc_now();
    m_keys.push_back(lease_key(m_lease.manifest, random));
    // "Already there" is an answer to our own first attempt that was lost: nobody else has this key.
    BALLAST_CHECK(m_store->put_if_absent(m_keys.back(), as_bytes(write_lease(m_lease))));
    return {};
}

Result<void> PushLease::wait_for_removals(const LeaseOptions& options) const {
    BALLAST_TRY(const auto objects, m_store->list(k_marks_prefix));
    std::vector<ObjectInfo> waiting;
    for (const auto& object : objects) {
        BALLAST_TRY(const auto text, if_present(read_object(*m_store, object.key, k_max_mark_bytes)));
        if (!text) continue;
        BALLAST_TRY(const RemovalMark mark, parse_removal_mark(*text, shown_object(*m_store, object.key)));
        if (concerns(mark, m_lease)) waiting.push_back(object);
    }
    if (waiting.empty()) return {};
    // Marks that come later are of no concern: whoever writes them sees the lease.
    BALLAST_TRY(const ObjectInfo own, m_store->head(m_keys.front()));
    milliseconds waited{0};
    milliseconds pause = k_first_pause;
    for (;;) {
        std::erase_if(waiting, [&](const ObjectInfo& mark) {
            const auto info = m_store->head(mark.key);
            return !info && info.error().code == ErrorCode::not_found;
        });
        if (waiting.empty()) return {};
        const auto& mark = waiting.front();
        const std::string name_in_errors = shown_object(*m_store, mark.key);
        if (own.modified - mark.modified > k_mark_stale) {
            return fail(ErrorCode::unavailable, name_in_errors,
                        "a gc that was to remove what this push needs was killed",
                        "run 'ballast gc', which takes its mark away, then push again");
        }
        if (waited >= options.longest_wait) {
            return fail(
                ErrorCode::unavailable, name_in_errors,
                fmt::format("a gc is removing what this push needs: not done after {} s",
                            std::chrono::duration_cast<std::chrono::seconds>(waited).count()),
                fmt::format("push again when it is done; if it was killed, run 'ballast gc' once its mark "
                            "is {} old",
                            format_duration(k_mark_stale)));
        }
        BALLAST_CHECK(check_interrupt(m_store->url()));
        const auto next = std::min(pause, options.longest_wait - waited);
        if (options.sleep) {
            options.sleep(next);
        } else {
            std::this_thread::sleep_for(next);
        }
        waited += next;
        pause = std::min(pause * 2, k_longest_pause);
    }
}

tl::unexpected<Error> PushLease::ended() const {
    return fail(ErrorCode::unavailable, shown_object(*m_store, m_keys.front()),
                "the push took so long that its lease has ended: what it sent may be removed", "push again");
}

Result<void> PushLease::renew() {
    BALLAST_CHECK(write());
    BALLAST_TRY(const ObjectInfo renewed, m_store->head(m_keys.back()));
    BALLAST_TRY(const auto first, if_present(m_store->head(m_keys.front())));
    if (!first || renewed.modified - first->modified > k_lease_grace / 2) return ended();
    return {};
}

Result<void> PushLease::confirm() const {
    BALLAST_TRY(const bool there, object_exists(*m_store, m_keys.front()));
    if (!there) return ended();
    return {};
}

}  // namespace ballast
