#include "classify/installed_packages.hpp"

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

}  // namespace ballast
