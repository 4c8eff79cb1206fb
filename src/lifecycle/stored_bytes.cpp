#include "lifecycle/stored_bytes.hpp"

#include <algorithm>
#include <optional>
#include <unordered_map>
#include <utility>

#include "base/interrupt.hpp"
#include "format/keys.hpp"

namespace ballast {
namespace {

// A frame is one place in one pack: equal frames in two packs are stored twice.
using FrameKey = std::pair<Digest, std::uint64_t>;
struct FrameHash {
    std::size_t operator()(const FrameKey& key) const {
        return std::hash<Digest>()(key.first) ^ (key.second * 0x9E3779B97F4A7C15ULL);
    }
};

// What one manifest refers to, each once.
struct Uses {
    std::unordered_map<FrameKey, std::uint64_t, FrameHash> frames;  // and their bytes
    std::vector<Digest> packs;
};

Uses uses_of(const Manifest& manifest) {
    Uses uses;
    for (const auto& frame : manifest.frames()) {
        uses.frames.emplace(FrameKey(manifest.packs()[frame.pack].digest, frame.offset),
                            frame.compressed_bytes);
    }
    for (const auto& pack : manifest.packs()) uses.packs.push_back(pack.digest);
    std::sort(uses.packs.begin(), uses.packs.end());
    uses.packs.erase(std::unique(uses.packs.begin(), uses.packs.end()), uses.packs.end());
    return uses;
}

}  // namespace

Result<StoredBytes> measure_stored_bytes(Store& store) {
    BALLAST_TRY(VersionList list, list_versions(store));
    StoredBytes measured;
    measured.damaged = std::move(list.damaged);
    std::unordered_map<Digest, std::optional<Uses>> by_manifest;  // nothing: it cannot be read
    std::unordered_map<FrameKey, std::uint32_t, FrameHash> frame_users;
    std::unordered_map<Digest, std::uint32_t> pack_users;
    for (const auto& version : list.versions) {
        BALLAST_CHECK(check_interrupt(store.url()));
        const auto [at, added] = by_manifest.try_emplace(version.record.manifest);
        if (added) {
            auto manifest = read_manifest(store, version.record);
            if (manifest) {
                at->second = uses_of(*manifest);
            } else if (manifest.error().code == ErrorCode::corrupt ||
                       manifest.error().code == ErrorCode::not_found) {
                measured.damaged.push_back(manifest.error());
            } else {
                return pass_on(std::move(manifest));
            }
        }
        if (!at->second) continue;
        for (const auto& [frame, bytes] : at->second->frames) {
            if (++frame_users[frame] == 1) measured.frame_bytes += bytes;
        }
        for (const auto& pack : at->second->packs) ++pack_users[pack];
    }
    for (auto& version : list.versions) {
        VersionBytes row{std::move(version)};
        if (const auto& uses = by_manifest.at(row.version.record.manifest)) {
            for (const auto& [frame, bytes] : uses->frames) {
                (frame_users.at(frame) == 1 ? row.own_bytes : row.shared_bytes) += bytes;
            }
            row.stored_bytes = row.own_bytes + row.shared_bytes;
            row.packs = uses->packs.size();
            row.own_packs = static_cast<std::uint64_t>(
                std::count_if(uses->packs.begin(), uses->packs.end(),
                              [&](const Digest& pack) { return pack_users.at(pack) == 1; }));
        }
        measured.versions.push_back(std::move(row));
    }
    BALLAST_TRY(const auto packs, store.list(k_packs_prefix));
    for (const auto& pack : packs) {
        const auto digest = digest_of_key(k_packs_prefix, pack.key);
        if (!digest) continue;
        ++measured.packs;
        measured.pack_bytes += pack.bytes;
        if (!measured.damaged.empty() || pack_users.contains(*digest)) continue;
        ++measured.orphan_packs;
        measured.orphan_bytes += pack.bytes;
    }
    return measured;
}

}  // namespace ballast
