#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "base/progress.hpp"
#include "base/result.hpp"
#include "classify/inventory.hpp"
#include "config/config.hpp"
#include "format/lock.hpp"
#include "pack/cold_start.hpp"
#include "pack/pack_tree.hpp"
#include "pack/plan.hpp"

namespace ballast {

// What becomes of the packs that the store has already.
enum class Repack : std::uint8_t {
    changes,     // they are taken: only what no stored version has is packed
    everything,  // the store is not asked
};

struct PackOptions {
    std::string out;           // the slim package: a directory, or a zip by its name
    std::string version = {};  // "": the git commit, else the tree's digest
    std::optional<std::string> run_program = std::nullopt;  // the ballast-run to put in; a layer brings it
                                                            // when there is none
    Repack repack = Repack::changes;
    Progress::Output output = Progress::Output::automatic;
    // Is told each warning, one line, as soon as it is known: most are before anything is compressed.
    std::function<void(const std::string&)> on_warning = [](const std::string&) {};
};

struct PackResult {
    Plan plan;
    Lock lock;
    PackedTree tree;                   // with the manifest's bytes
    std::uint64_t slim_bytes = 0;      // of the zip, or of the directory's files
    std::uint64_t unzipped_bytes = 0;  // of its files
    ColdStartWork work;                // of the groups that a start hydrates
    ColdStartEstimate estimate;
};

// Takes what leaves out of a package: writes the slim package `out`, and beside it, in staging_path(out), the
// packs that the store does not have yet, for push_staged(). What can be known to fail at the end is refused
// before anything is compressed. Blocks for minutes; uses all cores. Errors: usage for a version, target,
// program, plan or start group that cannot be; those of reading the package and the store, and of the disk.
Result<PackResult> pack_package(const Inventory& inventory, const Config& config, const PackOptions& options);

// The lock of a version of that tree. `manifest` is the manifest's bytes; `version` as in PackOptions.
// Errors: usage when a start group has no file in the tree, or a setting is not UTF-8 text.
Result<Lock> make_lock(const Inventory& inventory, const Config& config, const Plan& plan, const Digest& tree,
                       std::string_view manifest, const std::string& version);

}  // namespace ballast
