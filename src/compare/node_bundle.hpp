#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "classify/inventory.hpp"
#include "compare/launch.hpp"
#include "compare/workbench.hpp"

namespace ballast {

// The esbuild that is installed when none is named. Options and identifiers of warnings are of this one.
inline constexpr std::string_view k_esbuild_version = "0.25.12";

struct BundleOptions {
    std::vector<std::string> entries;  // paths in the package; none: found by package.json and common names
    std::string esbuild;               // the directory of an installed esbuild; "": installed with npm
    unsigned rounds = 20;
    bool left_out = false;
};

// A package of npm that cannot be part of a bundle, and stays in node_modules.
struct KeptPackage {
    std::string path;    // its directory
    std::string reason;  // "has native code: build/Release/x.node"
};

// What esbuild makes of the function's JavaScript.
struct NodeBundle {
    std::string missing;               // why there is none; then only `entries` may be known
    std::vector<std::string> entries;  // of the function: what was bundled
    std::uint64_t package_bytes = 0;   // with the bundle, without what it replaces
    std::uint64_t bundle_bytes = 0;
    std::uint64_t replaced_bytes = 0;
    std::uint64_t replaced_files = 0;
    std::vector<KeptPackage> kept;
    std::vector<std::string> orphaned;  // the function's other JavaScript, which finds no packages any more
    std::vector<std::string> dynamic;  // "node_modules/x/index.js:12: what": calls that esbuild cannot follow
    // Loading the first entry with Node, paired; none where it does not load here as it is.
    std::optional<PairedStarts> load;
    std::string load_fault;  // why not
    bool works = true;       // it loads as the original does
    std::string fault;       // why it does not
};

// Bundles and minifies with esbuild, leaving out what is native, and loads the result. What fails is a fact,
// not an error. Errors: usage for a named entry that is not there; those of the disk; interrupted.
Result<NodeBundle> bundle_node(const Workbench& bench, const BundleOptions& options);

// The function's entry points: `main` of its package.json, or index, handler, app or lambda with .js, .mjs or
// .cjs, at the top of the package.
std::vector<std::string> find_entries(const Inventory& inventory);

}  // namespace ballast
