#pragma once

#include <cstdint>
#include <unordered_map>
#include <vector>

#include "base/progress.hpp"
#include "base/result.hpp"
#include "classify/inventory.hpp"
#include "codec/sha256.hpp"
#include "pack/plan.hpp"

namespace ballast {

// The bytes of one file that leaves, or of several with equal bytes: what is stored once.
struct TreeContent {
    Digest digest;
    std::uint64_t bytes = 0;
    std::size_t entry = 0;    // of the package: the first that has these bytes
    std::uint16_t group = 0;  // that entry's
};

// The tree that a plan takes out of a package, before it is cut into frames.
struct PlannedTree {
    std::vector<std::size_t> entries;       // of the package, in path order
    std::vector<std::uint32_t> content_of;  // by position in `entries`; k_no_content for the rest
    std::vector<TreeContent> contents;      // in the order of use (see order_contents)
    Digest digest;                          // the tree's
};

// Reads every file that leaves once, on all cores, to know its digest. Blocks; tells `progress`.
Result<PlannedTree> read_tree(const Inventory& inventory, const Plan& plan, Progress& progress);

}  // namespace ballast
