#include "pack/push.hpp"

#include <fmt/chrono.h>
#include <fmt/format.h>

#include <chrono>

#include "base/file.hpp"
#include "format/keys.hpp"
#include "format/version.hpp"
#include "pack/pack_builder.hpp"

namespace ballast {
namespace {

// One pack holds at least one frame, however large, so a little more than the usual bound.
constexpr std::uint64_t k_max_pack_bytes =
    PackBuilder::k_pack_bytes + k_max_compressed_bytes + k_pack_header.size();

std::string now_in_utc() {
    const auto now = std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now());
    return fmt::format("{:%Y-%m-%dT%H:%M:%SZ}", fmt::gmtime(std::chrono::system_clock::to_time_t(now)));
}

Result<void> send_pack(const ManifestPack& pack, Store& staging, Store& store, PushReport& report,
                       Progress& progress) {
    auto bytes = read_object(staging, pack.key(), k_max_pack_bytes);
    if (!bytes && bytes.error().code == ErrorCode::not_found) {
        return fail(ErrorCode::not_found, store.url() + ": " + pack.key(),
                    "the pack is neither in the store nor staged beside the slim package",
                    "run 'ballast pack' again");
    }
    if (!bytes) return pass_on(std::move(bytes));
    if (sha256(as_bytes(*bytes)) != pack.digest) {
        return fail(ErrorCode::corrupt, staging.url() + ": " + pack.key(), "the staged pack is damaged",
                    "remove it and run 'ballast pack' again");
    }
    BALLAST_TRY(const auto outcome, store.put_if_absent(pack.key(), as_bytes(*bytes),
                                                        [&](std::uint64_t sent) { progress.add(sent); }));
    if (outcome == PutOutcome::stored) {
        ++report.packs_sent;
        report.bytes_sent += pack.bytes;
    } else {
        ++report.packs_there;
        progress.add(pack.bytes);
    }
    return {};
}

Result<void> send_version(const Lock& lock, Store& store, PushReport& report) {
    const std::string key = version_key(lock.name, lock.version);
    const Version version{lock.name,     lock.version,        lock.tree,   lock.tree_bytes,
                          lock.manifest, lock.manifest_bytes, now_in_utc()};
    const std::string text = write_version(version);
    BALLAST_TRY(const auto outcome, store.put_if_absent(key, as_bytes(text)));
    if (outcome == PutOutcome::stored) {
        report.bytes_sent += text.size();
        return {};
    }
    report.version_was_there = true;
    BALLAST_TRY(const std::string there, read_object(store, key, k_max_version_bytes));
    const std::string shown = store.url() + ": " + key;
    BALLAST_TRY(const Version stored, parse_version(there, shown));
    if (stored.tree != lock.tree) {
        return fail(ErrorCode::check_failed, shown,
                    fmt::format("the version is there, with another tree ({}, not {})",
                                stored.tree.short_hex(), lock.tree.short_hex()),
                    "a version never changes: pack again with another --version");
    }
    if (stored.manifest != lock.manifest) {
        return fail(ErrorCode::check_failed, shown, "the version is there, packed another way",
                    "pack again, which takes what is stored, or choose another --version");
    }
    return {};
}

}  // namespace

Result<PushNeeds> find_push_needs(const Manifest& manifest, Store& store) {
    PushNeeds needs;
    for (std::uint32_t i = 0; i < manifest.packs().size(); ++i) {
        const auto& pack = manifest.packs()[i];
        const auto there = store.head(pack.key());
        if (!there && there.error().code != ErrorCode::not_found) return tl::unexpected<Error>(there.error());
        if (there && there->bytes != pack.bytes) {
            return fail(ErrorCode::corrupt, store.url() + ": " + pack.key(),
                        fmt::format("has {} bytes, not the {} of its pack", there->bytes, pack.bytes),
                        "remove the object, then push again");
        }
        if (there) continue;
        needs.packs.push_back(i);
        needs.bytes += pack.bytes;
    }
    return needs;
}

Result<PushReport> push_version(const Lock& lock, const Manifest& manifest, const PushNeeds& needs,
                                Store& staging, Store& store, Progress& progress) {
    PushReport report;
    report.packs_there = manifest.packs().size() - needs.packs.size();
    for (const auto index : needs.packs) {
        BALLAST_CHECK(send_pack(manifest.packs()[index], staging, store, report, progress));
    }
    BALLAST_TRY(const auto outcome,
                store.put_if_absent(manifest_key(lock.manifest), as_bytes(manifest.bytes())));
    if (outcome == PutOutcome::stored) report.bytes_sent += manifest.bytes().size();
    BALLAST_CHECK(send_version(lock, store, report));
    return report;
}

std::string staging_path(const std::string& slim_path) {
    std::string path = slim_path;
    while (path.size() > 1 && path.ends_with('/')) path.pop_back();
    return path + ".packs";
}

}  // namespace ballast
