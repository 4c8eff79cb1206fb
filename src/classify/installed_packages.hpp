#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "classify/inventory.hpp"

namespace ballast {

enum class Ecosystem : std::uint8_t { npm, python };

// "npm", "python".
std::string_view ecosystem_name(Ecosystem ecosystem);

// What a package says it needs.
struct Requirement {
    std::string name;       // npm: the directory below node_modules; Python: normalised
    std::string condition;  // why it may be absent: "optional", "peer", "extra s3"; "" for always
};

// One package that a package manager installed, at one place.
struct InstalledPackage {
    Ecosystem ecosystem = Ecosystem::npm;
    std::string name;
    std::string version;  // "" where it has none
    std::string path;     // npm: its directory; Python: the *.dist-info or *.egg-info that describes it
    std::vector<Requirement> needs = {};
};

struct InstalledPackages {
    static constexpr std::size_t k_none = static_cast<std::size_t>(-1);

    std::vector<InstalledPackage> list = {};  // in the order of paths
    std::vector<std::size_t> owner = {};      // of each entry, the package in the list that it belongs to
};

// npm: every directory directly below a node_modules/ (or a @scope/ in one) that has a package.json; what
// lies below it is its own, but for packages nested in it.
// Python: every *.dist-info and *.egg-info; its own is what its RECORD names (or the modules of its
// top_level.txt), and what else lies in directories in which no other package has files.
//
// Metadata that makes no sense leaves name and version to the names of directories. Reads in parallel.
// Errors: those of reading the package.
Result<InstalledPackages> find_installed(const Inventory& inventory);

// The package of npm that `name` means in a file of the directory `from` ("": the top), as Node finds it: in
// the node_modules/ of that directory or of the nearest one above, through symlinks, which pnpm makes.
std::optional<std::size_t> find_npm_package(const EntryTree& tree, const InstalledPackages& installed,
                                            std::string_view from, const std::string& name);

}  // namespace ballast
