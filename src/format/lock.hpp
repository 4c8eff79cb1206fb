#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "codec/sha256.hpp"

namespace ballast {

// The files that a slim package has besides what stayed of the package.
inline constexpr std::string_view k_lock_file = "ballast.lock";
inline constexpr std::string_view k_manifest_file = "ballast.manifest";
inline constexpr std::string_view k_run_file = "ballast-run";
inline constexpr std::string_view k_wrapper_file = "ballast-wrapper";
inline constexpr std::uint64_t k_max_lock_bytes = 1 << 20;

// ballast.lock: the root of trust in a slim package. All that a warm start needs to know, and the
// digest that the manifest must have. JSON, so that people and deploy tools can read it.
struct Lock {
    std::string name;              // the family of versions
    std::string version;           // of this one
    Digest tree;                   // the tree's digest: names its place in a context
    std::uint64_t tree_bytes = 0;  // sum of its files' sizes
    Digest manifest;               // SHA-256 of ballast.manifest
    std::uint64_t manifest_bytes = 0;
    std::string store;                       // URL, "" when only the environment will tell
    std::string root;                        // absolute
    std::vector<std::string> path;           // directories of the tree that exec puts before PATH
    std::vector<std::string> library_path;   // the same for LD_LIBRARY_PATH
    std::map<std::string, std::string> env;  // further variables; "{tree}" is replaced
    std::vector<std::string> groups;         // what a start hydrates; empty: all of the tree
};

// Errors: corrupt, naming `name_in_errors` and the field. Unknown fields are refused: a lock of a newer
// Ballast may demand what this one does not know.
Result<Lock> parse_lock(std::string_view text, std::string_view name_in_errors);
std::string write_lock(const Lock& lock);

}  // namespace ballast
