#include "lifecycle/diff.hpp"

#include <unordered_set>

#include "base/relative_path.hpp"
#include "codec/sha256.hpp"

namespace ballast {
namespace {

DiffSide side_of(const Manifest& manifest, const ManifestEntry& entry) {
    const bool is_file = entry.kind == EntryKind::file;
    return {entry.kind, entry.mode, is_file ? manifest.contents()[entry.content].bytes : 0,
            std::string(entry.target)};
}

Digest content_of(const Manifest& manifest, const ManifestEntry& entry) {
    return entry.kind == EntryKind::file ? manifest.contents()[entry.content].digest : Digest();
}

std::uint64_t tree_bytes(const Manifest& manifest) {
    std::uint64_t bytes = 0;
    for (const auto& entry : manifest.entries()) bytes += side_of(manifest, entry).bytes;
    return bytes;
}

void compare(const Manifest& before, const ManifestEntry& old_entry, const Manifest& after,
             const ManifestEntry& new_entry, Diff& diff) {
    DiffEntry entry{std::string(new_entry.path), DiffEntry::Change::changed, side_of(before, old_entry),
                    side_of(after, new_entry)};
    entry.kind_differs = old_entry.kind != new_entry.kind;
    entry.mode_differs = old_entry.mode != new_entry.mode;
    if (!entry.kind_differs) {
        entry.bytes_differ = content_of(before, old_entry) != content_of(after, new_entry);
        entry.target_differs = old_entry.target != new_entry.target;
    }
    if (entry.kind_differs || entry.mode_differs || entry.bytes_differ || entry.target_differs) {
        diff.entries.push_back(std::move(entry));
    } else {
        ++diff.same_entries;
    }
}

void count_what_is_sent(const Manifest& before, const Manifest& after, Diff& diff) {
    std::unordered_set<Digest> there;
    for (const auto& pack : before.packs()) there.insert(pack.digest);
    for (const auto& pack : after.packs()) {
        if (there.contains(pack.digest)) continue;
        ++diff.sent_packs;
        diff.sent_pack_bytes += pack.bytes;
    }
    for (const auto& frame : after.frames()) {
        if (there.contains(after.packs()[frame.pack].digest))
            diff.reused_frame_bytes += frame.compressed_bytes;
    }
    if (before.bytes() != after.bytes()) diff.manifest_bytes = after.bytes().size();
}

}  // namespace

Diff diff_manifests(const Manifest& before, const Manifest& after) {
    Diff diff;
    diff.before_bytes = tree_bytes(before);
    diff.after_bytes = tree_bytes(after);
    auto old_entry = before.entries().begin();
    auto new_entry = after.entries().begin();
    while (old_entry != before.entries().end() || new_entry != after.entries().end()) {
        const bool no_old = old_entry == before.entries().end();
        const bool no_new = new_entry == after.entries().end();
        if (no_old || (!no_new && path_before(new_entry->path, old_entry->path))) {
            diff.entries.push_back(
                {std::string(new_entry->path), DiffEntry::Change::added, {}, side_of(after, *new_entry)});
            ++new_entry;
        } else if (no_new || path_before(old_entry->path, new_entry->path)) {
            diff.entries.push_back(
                {std::string(old_entry->path), DiffEntry::Change::removed, side_of(before, *old_entry), {}});
            ++old_entry;
        } else {
            compare(before, *old_entry, after, *new_entry, diff);
            ++old_entry;
            ++new_entry;
        }
    }
    count_what_is_sent(before, after, diff);
    return diff;
}

}  // namespace ballast
