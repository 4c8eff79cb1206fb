#include "pack/push.hpp"

#include <fmt/format.h>

#include "base/file.hpp"
#include "base/interrupt.hpp"
#include "base/parallel.hpp"
#include "format/keys.hpp"
#include "format/utc_time.hpp"
#include "format/version.hpp"
#include "lifecycle/versions.hpp"
#include "pack/pack_builder.hpp"
#include "store/file_store.hpp"

namespace ballast {
namespace {

// One pack holds at least one frame, however large, so a little more than the usual bound.
constexpr std::uint64_t k_max_pack_bytes =
    PackBuilder::k_pack_bytes + k_max_compressed_bytes + k_pack_header.size();

constexpr unsigned k_looks_at_once = 8;  // of a store that is far away

Lease lease_of(const Lock& lock, const Manifest& manifest) {
    Lease lease;
    lease.name = lock.name;
    lease.version = lock.version;
    lease.manifest = lock.manifest;
    for (const auto& pack : manifest.packs()) lease.packs.push_back(pack.digest);
    return lease;
}

}  // namespace

Result<Push> Push::begin(const Lock& lock, const Manifest& manifest, Store& store,
                         const LeaseOptions& options) {
    // First of all: what is seen from here on stays.
    BALLAST_TRY(PushLease lease, PushLease::take(store, lease_of(lock, manifest), options));
    Push push(lock, manifest, store, std::move(lease));
    BALLAST_CHECK(push.find_needs());
    return push;
}

Result<void> Push::find_needs() {
    const auto& packs = m_manifest->packs();
    std::vector<std::uint8_t> is_there(packs.size());
    const auto look = [&](std::size_t i) -> Result<void> {
        BALLAST_TRY(const auto there, if_present(m_store->head(packs[i].key())));
        if (there && there->bytes != packs[i].bytes) {
            return fail(ErrorCode::corrupt, shown_object(*m_store, packs[i].key()),
                        fmt::format("has {} bytes, not the {} of its pack", there->bytes, packs[i].bytes),
                        "remove the object, then push again");
        }
        is_there[i] = there ? 1 : 0;
        return {};
    };
    BALLAST_CHECK(parallel_for(packs.size(), look, m_store->fetch_concurrency() == 0 ? 1 : k_looks_at_once));
    for (std::uint32_t i = 0; i < packs.size(); ++i) {
        if (is_there[i] != 0) continue;
        m_needs.packs.push_back(i);
        m_needs.bytes += packs[i].bytes;
    }
    return {};
}

Result<PushReport> Push::send(Store& staging, Progress& progress) {
    m_report.packs_there = m_manifest->packs().size() - m_needs.packs.size();
    // To a store that is far away two at once, so that one's end and the other's beginning overlap.
    const unsigned lanes = m_store->fetch_concurrency() == 0 ? 1 : 2;
    BALLAST_TRY(const auto outcomes, send_packs(staging, progress, lanes));
    for (std::size_t i = 0; i < outcomes.size(); ++i) {
        const bool stored = outcomes[i] == PutOutcome::stored;
        ++(stored ? m_report.packs_sent : m_report.packs_there);
        if (stored) m_report.bytes_sent += m_manifest->packs()[m_needs.packs[i]].bytes;
    }
    BALLAST_TRY(const auto outcome,
                m_store->put_if_absent(manifest_key(m_lock->manifest), as_bytes(m_manifest->bytes())));
    if (outcome == PutOutcome::stored) m_report.bytes_sent += m_manifest->bytes().size();
    BALLAST_CHECK(m_lease.renew());
    BALLAST_CHECK(send_version());
    BALLAST_CHECK(m_lease.confirm());
    return m_report;
}

Result<std::vector<PutOutcome>> Push::send_packs(Store& staging, Progress& progress, unsigned lanes) {
    std::vector<PutOutcome> outcomes(m_needs.packs.size());
    BALLAST_CHECK(parallel_for(
        outcomes.size(),
        [&](std::size_t i) -> Result<void> {
            BALLAST_CHECK(check_interrupt(m_store->url()));
            BALLAST_TRY(outcomes[i], send_pack(m_manifest->packs()[m_needs.packs[i]], staging, progress));
            return {};
        },
        lanes));
    return outcomes;
}

Result<PutOutcome> Push::send_pack(const ManifestPack& pack, Store& staging, Progress& progress) const {
    BALLAST_TRY(const auto bytes, if_present(read_object(staging, pack.key(), k_max_pack_bytes)));
    if (!bytes) {
        return fail(ErrorCode::not_found, shown_object(*m_store, pack.key()),
                    "the pack is neither in the store nor staged beside the slim package",
                    "run 'ballast pack' again");
    }
    if (sha256(as_bytes(*bytes)) != pack.digest) {
        return fail(ErrorCode::corrupt, shown_object(staging, pack.key()), "the staged pack is damaged",
                    "remove it and run 'ballast pack' again");
    }
    BALLAST_TRY(const auto outcome, m_store->put_if_absent(pack.key(), as_bytes(*bytes),
                                                           [&](std::uint64_t sent) { progress.add(sent); }));
    if (outcome == PutOutcome::already_there) progress.add(pack.bytes);
    return outcome;
}

Result<void> Push::send_version() {
    const Version version{m_lock->name,     m_lock->version,        m_lock->tree, m_lock->tree_bytes,
                          m_lock->manifest, m_lock->manifest_bytes, utc_now()};
    const std::string text = write_version(version);
    const auto outcome = m_store->put_if_absent(version_key(m_lock->name, m_lock->version), as_bytes(text));
    if (!outcome) {
        // It may yet appear, and must find all that it needs.
        m_lease.leave();
        return pass_on(outcome);
    }
    if (*outcome == PutOutcome::already_there) return compare_with_stored_version();
    m_report.bytes_sent += text.size();
    return {};
}

Result<void> Push::compare_with_stored_version() {
    m_report.version_was_there = true;
    const std::string key = version_key(m_lock->name, m_lock->version);
    BALLAST_TRY(const std::string there, read_object(*m_store, key, k_max_version_bytes));
    const std::string shown = shown_object(*m_store, key);
    BALLAST_TRY(const Version stored, parse_version(there, shown));
    if (stored.tree != m_lock->tree) {
        return fail(ErrorCode::check_failed, shown,
                    fmt::format("the version is there, with another tree ({}, not {})",
                                stored.tree.short_hex(), m_lock->tree.short_hex()),
                    "a version never changes: pack again with another --version");
    }
    if (stored.manifest != m_lock->manifest) {
        return fail(ErrorCode::check_failed, shown, "the version is there, packed another way",
                    "pack again, which takes what is stored, or choose another --version");
    }
    return {};
}

std::string staging_path(const std::string& slim_path) {
    std::string path = slim_path;
    while (path.size() > 1 && path.ends_with('/')) path.pop_back();
    return path + ".packs";
}

Result<PushReport> push_staged(const Lock& lock, const Manifest& manifest, const std::string& slim_path,
                               Store& store, Progress::Output output) {
    const std::string staging = staging_path(slim_path);
    FileStore staged(staging, staging);
    BALLAST_TRY(Push push, Push::begin(lock, manifest, store));
    const std::uint64_t bytes = push.needs().bytes;
    Progress progress("pushing", bytes, bytes == 0 ? Progress::Output::quiet : output);
    BALLAST_TRY(const PushReport report, push.send(staged, progress));
    progress.finish();
    BALLAST_CHECK(remove_all(staging));
    return report;
}

}  // namespace ballast
