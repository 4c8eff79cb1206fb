#include "format/manifest_write.hpp"

#include <cstring>
#include <map>

#include "format/manifest_generated.h"
#include "format/tree_digest.hpp"

namespace ballast {
namespace {

fbs::Digest to_stored(const Digest& digest) {
    return fbs::Digest(flatbuffers::span<const std::uint8_t, 32>(digest.bytes));
}

Digest tree_digest_of(const ManifestParts& parts) {
    TreeDigest tree;
    for (const auto& entry : parts.entries) {
        // An index that is out of range stays for the reader to refuse: its tests write such manifests.
        const bool has_bytes = entry.kind == EntryKind::file && entry.content < parts.contents.size();
        const ManifestContent content = has_bytes ? parts.contents[entry.content] : ManifestContent();
        tree.add(entry.path, entry.kind, entry.mode, entry.target, content.bytes, content.digest);
    }
    return tree.finish();
}

}  // namespace

std::string write_manifest(const ManifestParts& parts) {
    flatbuffers::FlatBufferBuilder builder(parts.entries.size() * 96 + parts.frames.size() * 64 + 4096);
    builder.ForceDefaults(false);

    std::vector<flatbuffers::Offset<fbs::Entry>> entries;
    entries.reserve(parts.entries.size());
    for (const auto& entry : parts.entries) {
        const auto path = builder.CreateString(entry.path.data(), entry.path.size());
        flatbuffers::Offset<flatbuffers::String> target = 0;
        if (entry.kind == EntryKind::symlink)
            target = builder.CreateString(entry.target.data(), entry.target.size());
        entries.push_back(fbs::CreateEntry(builder, path, target,
                                           entry.kind == EntryKind::file ? entry.content : 0, entry.mode,
                                           entry.group, static_cast<std::uint8_t>(entry.kind)));
    }
    const auto entry_vector = builder.CreateVector(entries);

    const auto content_vector = builder.CreateVectorOfStructs<fbs::Content>(
        parts.contents.size(), [&](std::size_t i, fbs::Content* out) {
            const auto& content = parts.contents[i];
            *out =
                fbs::Content(to_stored(content.digest), content.bytes, content.first_frame, content.offset);
        });
    const auto frame_vector =
        builder.CreateVectorOfStructs<fbs::Frame>(parts.frames.size(), [&](std::size_t i, fbs::Frame* out) {
            const auto& frame = parts.frames[i];
            *out = fbs::Frame(to_stored(frame.digest), frame.offset, frame.compressed_bytes, frame.bytes,
                              frame.pack, static_cast<std::uint8_t>(frame.codec));
        });
    const auto pack_vector =
        builder.CreateVectorOfStructs<fbs::Pack>(parts.packs.size(), [&](std::size_t i, fbs::Pack* out) {
            *out = fbs::Pack(to_stored(parts.packs[i].digest), parts.packs[i].bytes);
        });
    const auto group_vector = builder.CreateVectorOfStrings(parts.groups);
    const auto tree = to_stored(tree_digest_of(parts));
    builder.Finish(fbs::CreateManifest(builder, 1, &tree, entry_vector, content_vector, frame_vector,
                                       pack_vector, group_vector),
                   fbs::ManifestIdentifier());
    return {reinterpret_cast<const char*>(builder.GetBufferPointer()), builder.GetSize()};
}

}  // namespace ballast
