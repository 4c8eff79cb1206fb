#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "format/manifest.hpp"

namespace ballast {

// What a path is in one version. The bytes of a file are its content's digest.
struct DiffSide {
    EntryKind kind = EntryKind::file;
    std::uint16_t mode = 0;
    std::uint64_t bytes = 0;
    std::string target;
};

struct DiffEntry {
    enum class Change : std::uint8_t { added, removed, changed };
    std::string path;
    Change change = Change::changed;
    DiffSide before;  // nothing that counts when added
    DiffSide after;   // nothing that counts when removed
    // Of what changed, all that differs.
    bool kind_differs = false;
    bool bytes_differ = false;
    bool mode_differs = false;
    bool target_differs = false;
};

// The difference between the trees of two manifests, and what it took to send the second to a store
// that has the first.
struct Diff {
    std::vector<DiffEntry> entries;  // in path order
    std::uint64_t before_bytes = 0;  // of the trees' files
    std::uint64_t after_bytes = 0;
    std::uint64_t same_entries = 0;
    std::uint64_t sent_packs = 0;  // of the second that the first does not refer to
    std::uint64_t sent_pack_bytes = 0;
    std::uint64_t manifest_bytes = 0;      // of the second; 0 when both are the same
    std::uint64_t reused_frame_bytes = 0;  // compressed; of the second, in packs of the first
};

Diff diff_manifests(const Manifest& before, const Manifest& after);

}  // namespace ballast
