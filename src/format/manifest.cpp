#include "format/manifest.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "base/relative_path.hpp"
#include "format/keys.hpp"
#include "format/links.hpp"
#include "format/manifest_generated.h"
#include "format/tree_digest.hpp"

namespace ballast {
namespace {

constexpr std::uint32_t k_format = 1;
constexpr std::size_t k_max_groups = 1024;

Digest from_stored(const fbs::Digest& stored) {
    Digest digest;
    std::copy(stored.bytes()->begin(), stored.bytes()->end(), digest.bytes.begin());
    return digest;
}

std::string_view view(const flatbuffers::String* text) {
    return text == nullptr ? std::string_view() : std::string_view(text->data(), text->size());
}

tl::unexpected<Error> corrupt(std::string_view name_in_errors, const std::string& what) {
    return fail(ErrorCode::corrupt, name_in_errors, what, "the package is damaged: deploy it again");
}

std::string entry_label(std::string_view path) {
    return "entry '" + printable(path) + "'";
}

// FlatBuffers' verifier (2.0) holds a vector's length to its alignment, and not what follows it.
template <typename Struct>
bool is_aligned(const flatbuffers::Vector<const Struct*>& structs) {
    return structs.size() == 0 || reinterpret_cast<std::uintptr_t>(structs.Data()) % alignof(Struct) == 0;
}

}  // namespace

std::string ManifestPack::key() const {
    return pack_key(digest);
}

bool is_group_name(std::string_view name) {
    if (name.empty() || name.size() > 64) return false;
    const auto is_plain = [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'); };
    return is_plain(name.front()) && std::all_of(name.begin(), name.end(), [&](char c) {
               return is_plain(c) || c == '.' || c == '_' || c == '-';
           });
}

Result<Manifest> Manifest::parse(std::string bytes, std::string_view name_in_errors) {
    Manifest manifest;
    manifest.m_bytes = std::make_unique<const std::string>(std::move(bytes));
    BALLAST_CHECK(manifest.read_tables(name_in_errors));
    BALLAST_CHECK(manifest.check_groups(name_in_errors));
    BALLAST_CHECK(manifest.check_frames(name_in_errors));
    BALLAST_CHECK(manifest.check_contents(name_in_errors));
    BALLAST_CHECK(manifest.check_entries(name_in_errors));
    BALLAST_CHECK(manifest.check_links(name_in_errors));
    return manifest;
}

Result<void> Manifest::read_tables(std::string_view name_in_errors) {
    const auto* data = reinterpret_cast<const std::uint8_t*>(m_bytes->data());
    if (m_bytes->size() > k_max_manifest_bytes || m_bytes->size() < 16 ||
        !fbs::ManifestBufferHasIdentifier(data)) {
        return corrupt(name_in_errors, "not a manifest");
    }
    flatbuffers::Verifier verifier(data, m_bytes->size(), 8, 100'000'000);
    if (!fbs::VerifyManifestBuffer(verifier))
        return corrupt(name_in_errors, "the manifest's structure is broken");
    const auto* table = fbs::GetManifest(data);
    if (table->format() != k_format) {
        return fail(ErrorCode::corrupt, name_in_errors,
                    fmt::format("manifest format {} is not known", table->format()),
                    "use the ballast-run that packed it, or pack again");
    }
    if (!is_aligned(*table->packs()) || !is_aligned(*table->frames()) || !is_aligned(*table->contents()))
        return corrupt(name_in_errors, "the manifest's structure is broken");
    m_tree = from_stored(*table->tree());

    m_packs.reserve(table->packs()->size());
    for (const auto* pack : *table->packs()) m_packs.push_back({from_stored(pack->digest()), pack->bytes()});

    m_frames.reserve(table->frames()->size());
    for (const auto* frame : *table->frames()) {
        if (frame->codec() >= k_codec_count) {
            return corrupt(name_in_errors,
                           fmt::format("frame {}: codec {} is not known", m_frames.size(), frame->codec()));
        }
        m_frames.push_back({from_stored(frame->digest()), frame->offset(), frame->compressed_bytes(),
                            frame->bytes(), frame->pack(), static_cast<Codec>(frame->codec())});
    }

    m_contents.reserve(table->contents()->size());
    for (const auto* content : *table->contents()) {
        m_contents.push_back(
            {from_stored(content->digest()), content->bytes(), content->first_frame(), content->offset()});
    }

    m_entries.reserve(table->entries()->size());
    for (const auto* entry : *table->entries()) {
        if (entry->kind() > static_cast<std::uint8_t>(EntryKind::symlink)) {
            return corrupt(name_in_errors, entry_label(view(entry->path())) + ": its kind is not known");
        }
        const auto kind = static_cast<EntryKind>(entry->kind());
        m_entries.push_back({view(entry->path()), view(entry->target()),
                             kind == EntryKind::file ? entry->content() : k_no_content, entry->mode(),
                             entry->group(), kind});
    }

    m_groups.reserve(table->groups()->size());
    for (const auto* group : *table->groups()) m_groups.push_back(view(group));
    return {};
}

Result<void> Manifest::check_groups(std::string_view name_in_errors) const {
    if (m_groups.empty() || m_groups.size() > k_max_groups)
        return corrupt(name_in_errors, "the number of groups is not sensible");
    std::vector<std::string_view> names = m_groups;
    std::sort(names.begin(), names.end());
    if (std::adjacent_find(names.begin(), names.end()) != names.end())
        return corrupt(name_in_errors, "a group is there twice");
    for (const auto name : names) {
        if (!is_group_name(name))
            return corrupt(name_in_errors, fmt::format("group '{}' is not a name", printable(name)));
    }
    return {};
}

Result<void> Manifest::check_frames(std::string_view name_in_errors) {
    m_frame_starts.reserve(m_frames.size() + 1);
    std::uint64_t start = 0;
    for (std::size_t i = 0; i < m_frames.size(); ++i) {
        const auto& frame = m_frames[i];
        const auto broken = [&](std::string_view what) {
            return corrupt(name_in_errors, fmt::format("frame {}: {}", i, what));
        };
        if (frame.pack >= m_packs.size()) return broken("its pack is not listed");
        if (frame.bytes == 0 || frame.bytes > k_max_frame_bytes) return broken("its size is out of bounds");
        if (frame.compressed_bytes == 0 || frame.compressed_bytes > k_max_compressed_bytes) {
            return broken("its compressed size is out of bounds");
        }
        if (frame.codec == Codec::raw && frame.compressed_bytes != frame.bytes)
            return broken("a raw frame with two sizes");
        const std::uint64_t pack_bytes = m_packs[frame.pack].bytes;
        if (frame.offset > pack_bytes || frame.compressed_bytes > pack_bytes - frame.offset) {
            return broken("it lies outside its pack");
        }
        m_frame_starts.push_back(start);
        start += frame.bytes;
    }
    m_frame_starts.push_back(start);
    return {};
}

Result<void> Manifest::check_contents(std::string_view name_in_errors) {
    for (std::size_t i = 0; i < m_contents.size(); ++i) {
        const auto& content = m_contents[i];
        const auto broken = [&](std::string_view what) {
            return corrupt(name_in_errors, fmt::format("content {}: {}", i, what));
        };
        if (content.bytes == 0) continue;
        if (content.bytes > k_max_tree_bytes) return broken("it is larger than any tree");
        if (content.first_frame >= m_frames.size() || content.offset >= m_frames[content.first_frame].bytes) {
            return broken("it starts outside its frame");
        }
        const std::uint64_t start = m_frame_starts[content.first_frame] + content.offset;
        if (content.bytes > m_frame_starts.back() - start) return broken("it ends outside the frames");
    }
    return {};
}

Result<void> Manifest::check_entries(std::string_view name_in_errors) const {
    // Directories above the current entry: since a directory stands before what it holds, the parent of
    // an entry must be on this stack. That catches missing parents and files below files alike.
    std::vector<std::string_view> open_directories;
    std::string_view previous;
    std::uint64_t total = 0;
    for (const auto& entry : m_entries) {
        const auto broken = [&](std::string_view what) {
            return corrupt(name_in_errors, fmt::format("{}: {}", entry_label(entry.path), what));
        };
        if (const auto fault = relative_path_fault(entry.path); !fault.empty()) return broken(fault);
        if (!previous.empty() && !path_before(previous, entry.path))
            return broken("it is out of order or there twice");
        previous = entry.path;
        const auto parent = parent_path(entry.path);
        while (!open_directories.empty() && open_directories.back() != parent) open_directories.pop_back();
        if (!parent.empty() && open_directories.empty())
            return broken("its parent is not a directory of the tree");
        if ((entry.mode & ~k_permission_bits) != 0) return broken("its mode has more than permission bits");
        if (entry.group >= m_groups.size()) return broken("its group is not listed");
        switch (entry.kind) {
            case EntryKind::directory:
                open_directories.push_back(entry.path);
                break;
            case EntryKind::file:
                if (entry.content >= m_contents.size()) return broken("its content is not listed");
                total += m_contents[entry.content].bytes;
                if (total > k_max_tree_bytes) return broken("the tree is larger than 1 TiB");
                break;
            case EntryKind::symlink:
                break;
        }
    }
    return {};
}

Result<void> Manifest::check_links(std::string_view name_in_errors) const {
    const LinkLookup lookup = [this](std::string_view path) -> std::optional<std::string_view> {
        const auto* entry = find(path);
        if (entry == nullptr || entry->kind != EntryKind::symlink) return std::nullopt;
        return entry->target;
    };
    for (const auto& entry : m_entries) {
        if (entry.kind != EntryKind::symlink) continue;
        const bool clean =
            entry.target.size() <= k_max_path_bytes && entry.target.find('\0') == std::string_view::npos;
        if (!clean || !resolve_link(entry.path, entry.target, lookup)) {
            return corrupt(name_in_errors, entry_label(entry.path) + ": the symlink leads out of the tree");
        }
    }
    return {};
}

const ManifestEntry* Manifest::find(std::string_view path) const {
    const auto at = std::lower_bound(
        m_entries.begin(), m_entries.end(), path,
        [](const ManifestEntry& entry, std::string_view wanted) { return path_before(entry.path, wanted); });
    return at != m_entries.end() && at->path == path ? &*at : nullptr;
}

Result<std::vector<std::uint16_t>> Manifest::find_groups(const std::vector<std::string>& names) const {
    std::vector<std::uint16_t> groups;
    for (const auto& name : names) {
        const auto at = std::find(m_groups.begin(), m_groups.end(), name);
        if (at == m_groups.end()) {
            return fail(ErrorCode::not_found, "group '" + name + "'", "the package has no such group",
                        fmt::format("its groups: {}", fmt::join(m_groups, ", ")));
        }
        groups.push_back(static_cast<std::uint16_t>(at - m_groups.begin()));
    }
    return groups;
}

Manifest::FrameRange Manifest::frames_of(const ManifestContent& content) const {
    if (content.bytes == 0) return {};
    const std::uint64_t end = m_frame_starts[content.first_frame] + content.offset + content.bytes;
    const auto last =
        std::lower_bound(m_frame_starts.begin() + content.first_frame, m_frame_starts.end(), end);
    return {content.first_frame, static_cast<std::uint32_t>(last - m_frame_starts.begin())};
}

Digest Manifest::compute_tree_digest() const {
    TreeDigest tree;
    for (const auto& entry : m_entries) {
        const ManifestContent content =
            entry.kind == EntryKind::file ? m_contents[entry.content] : ManifestContent();
        tree.add(entry.path, entry.kind, entry.mode, entry.target, content.bytes, content.digest);
    }
    return tree.finish();
}

}  // namespace ballast
