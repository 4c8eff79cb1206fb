#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "codec/frame.hpp"
#include "codec/sha256.hpp"
#include "format/entry.hpp"

// The manifest of a tree, as read. docs/format.md is the specification.

namespace ballast {

inline constexpr std::uint64_t k_max_manifest_bytes = 256ULL << 20U;
inline constexpr std::uint64_t k_max_tree_bytes = 1ULL << 40U;
inline constexpr std::uint32_t k_no_content = 0xFFFFFFFF;
inline constexpr std::string_view k_default_group = "default";

struct ManifestPack {
    Digest digest;
    std::uint64_t bytes = 0;
    std::string key() const;  // in the store
};

struct ManifestFrame {
    Digest digest;  // of the compressed bytes
    std::uint64_t offset = 0;
    std::uint32_t compressed_bytes = 0;
    std::uint32_t bytes = 0;
    std::uint32_t pack = 0;
    Codec codec = Codec::raw;
};

struct ManifestContent {
    Digest digest;
    std::uint64_t bytes = 0;
    std::uint32_t first_frame = 0;
    std::uint32_t offset = 0;
};

struct ManifestEntry {
    std::string_view path;
    std::string_view target;
    std::uint32_t content = k_no_content;
    std::uint16_t mode = 0;
    std::uint16_t group = 0;
    EntryKind kind = EntryKind::file;
};

// All of a manifest in memory. Entries point into `bytes`; copies would dangle, so it only moves.
class Manifest {
  public:
    // Verifies the FlatBuffers structure, then every rule of docs/format.md, "What a reader checks".
    // `name_in_errors` names the manifest in errors. Errors: corrupt, naming the entry, frame or content.
    static Result<Manifest> parse(std::string bytes, std::string_view name_in_errors);

    Manifest(Manifest&&) = default;
    Manifest& operator=(Manifest&&) = default;
    Manifest(const Manifest&) = delete;
    Manifest& operator=(const Manifest&) = delete;

    std::string_view bytes() const { return *m_bytes; }
    const Digest& tree() const { return m_tree; }
    const std::vector<ManifestEntry>& entries() const { return m_entries; }
    const std::vector<ManifestContent>& contents() const { return m_contents; }
    const std::vector<ManifestFrame>& frames() const { return m_frames; }
    const std::vector<ManifestPack>& packs() const { return m_packs; }
    const std::vector<std::string_view>& groups() const { return m_groups; }

    // The entry at exactly `path`, or nullptr.
    const ManifestEntry* find(std::string_view path) const;

    // The indices of the groups with these names, in their order. Errors: not_found, naming the groups that
    // there are.
    Result<std::vector<std::uint16_t>> find_groups(const std::vector<std::string>& names) const;

    // The frames that hold a content: [first, last). Empty for an empty content.
    struct FrameRange {
        std::uint32_t first = 0;
        std::uint32_t last = 0;
    };
    FrameRange frames_of(const ManifestContent& content) const;

    // Computed anew from the entries; equals tree() in a manifest that Ballast wrote.
    Digest compute_tree_digest() const;

  private:
    Manifest() = default;
    Result<void> read_tables(std::string_view name_in_errors);
    Result<void> check_frames(std::string_view name_in_errors);
    Result<void> check_contents(std::string_view name_in_errors);
    Result<void> check_entries(std::string_view name_in_errors) const;
    Result<void> check_links(std::string_view name_in_errors) const;
    Result<void> check_groups(std::string_view name_in_errors) const;

    std::unique_ptr<const std::string> m_bytes;
    Digest m_tree;
    std::vector<ManifestEntry> m_entries;
    std::vector<ManifestContent> m_contents;
    std::vector<ManifestFrame> m_frames;
    std::vector<ManifestPack> m_packs;
    std::vector<std::string_view> m_groups;
    std::vector<std::uint64_t> m_frame_starts;  // sum of the decoded bytes before each frame, and of all
};

// Whether `name` can be a group's: [a-z0-9][a-z0-9._-]{0,63}.
bool is_group_name(std::string_view name);

}  // namespace ballast
