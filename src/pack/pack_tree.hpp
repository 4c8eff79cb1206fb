#pragma once

#include <cstdint>
#include <string>

#include "base/progress.hpp"
#include "base/result.hpp"
#include "config/config.hpp"
#include "pack/contents.hpp"
#include "pack/known_contents.hpp"
#include "pack/plan.hpp"
#include "store/store.hpp"

namespace ballast {

struct PackedTree {
    std::string manifest;  // its bytes
    std::uint64_t new_packs = 0;
    std::uint64_t new_bytes = 0;            // of the new packs
    std::uint64_t new_content_bytes = 0;    // what they decode to
    std::uint64_t known_content_bytes = 0;  // found in stored packs
    std::uint64_t fetched_bytes = 0;        // what a cold start of the whole tree fetches
    std::uint64_t zstd_frames = 0;          // of all that the tree needs; the same below
    std::uint64_t lz4_frames = 0;
    std::uint64_t raw_frames = 0;
};

// Cuts what `known` does not hold into frames, encodes them on all cores and puts the packs into
// `staging`; describes the whole tree in a manifest. When a known manifest describes this tree with
// the same groups, that one is taken: packing again changes nothing.
// The same input, settings and known manifests give the same packs and manifest.
Result<PackedTree> pack_tree(const Package& package, const Plan& plan, const PlannedTree& tree,
                             const Config& config, const KnownContents& known, Store& staging,
                             Progress& progress);

}  // namespace ballast
