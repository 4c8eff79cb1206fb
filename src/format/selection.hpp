#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <vector>

#include "format/manifest.hpp"

// What one hydration has to do, worked out from the manifest before a byte is fetched.

namespace ballast {

// What one request asks for, at most.
inline constexpr std::uint64_t k_most_range_bytes = 8U << 20U;

// A file to be written from frames. Further names with the same bytes are made from it.
struct Target {
    std::uint32_t entry = 0;  // index into manifest.entries()
    std::uint64_t bytes = 0;
    std::uint32_t frames = 0;  // how many frames hold a piece of it
};

// Part of a frame that is part of a file.
struct Piece {
    std::uint32_t target = 0;        // index into Selection.targets
    std::uint32_t frame_offset = 0;  // in the decoded frame
    std::uint32_t bytes = 0;
    std::uint64_t file_offset = 0;
};

// A frame that is needed, and its pieces that are: pieces[first_piece, last_piece).
struct NeededFrame {
    std::uint32_t frame = 0;  // index into manifest.frames()
    std::uint32_t first_piece = 0;
    std::uint32_t last_piece = 0;
};

// Another name of bytes that are written: a link of `source` where the modes are the same, else a copy.
struct FurtherName {
    std::uint32_t entry = 0;
    std::uint32_t source = 0;  // an entry that is made before
};

struct Selection {
    std::vector<std::uint32_t> directories;  // entries, parents first: those above what is wanted
    std::vector<std::uint32_t> symlinks;
    std::vector<Target> targets;
    std::vector<FurtherName> further_names;
    std::vector<NeededFrame> frames;  // in the manifest's order
    std::vector<Piece> pieces;

    std::uint64_t file_count() const { return targets.size() + further_names.size(); }
    // What the files will occupy, in whole blocks.
    std::uint64_t disk_bytes(std::uint64_t block_bytes) const;
};

// Selects the entries of the groups (indices into manifest.groups(); all of the tree when empty) for
// which `is_present` is false.
using IsPresent = std::function<bool(const ManifestEntry& entry)>;
Selection select_entries(const Manifest& manifest, std::span<const std::uint16_t> groups,
                         const IsPresent& is_present);

}  // namespace ballast
