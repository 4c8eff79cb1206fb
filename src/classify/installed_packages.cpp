#include "classify/installed_packages.hpp"

#include "base/relative_path.hpp"
#include "classify/npm_packages.hpp"
#include "classify/python_packages.hpp"

namespace ballast {

std::string_view ecosystem_name(Ecosystem ecosystem) {
    return ecosystem == Ecosystem::npm ? "npm" : "python";
}

Result<InstalledPackages> find_installed(const Inventory& inventory) {
    InstalledPackages found;
    found.owner.assign(inventory.entries().size(), InstalledPackages::k_none);
    BALLAST_CHECK(add_npm_packages(inventory, found));
    BALLAST_CHECK(add_python_packages(inventory, found));
    return found;
}

std::optional<std::size_t> find_npm_package(const EntryTree& tree, const InstalledPackages& installed,
                                            std::string_view from, const std::string& name) {
    for (;; from = parent_path(from)) {
        const auto entry = file_name(from) == "node_modules"
                               ? std::nullopt
                               : tree.follow(join_path(from, "node_modules/" + name));
        const std::size_t owner = entry ? installed.owner[*entry] : InstalledPackages::k_none;
        if (owner != InstalledPackages::k_none && installed.list[owner].ecosystem == Ecosystem::npm &&
            installed.list[owner].path == tree.entry(*entry).path)
            return owner;
        if (from.empty()) return std::nullopt;
    }
}

}  // namespace ballast
