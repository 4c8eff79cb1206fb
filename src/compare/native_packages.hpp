#pragma once

#include <string>
#include <vector>

#include "classify/installed_packages.hpp"
#include "classify/inventory.hpp"
#include "compare/node_bundle.hpp"

namespace ballast {

// Which packages of npm a bundle must leave where they are.
struct NativePackages {
    std::vector<KeptPackage> kept;      // in path order
    std::vector<std::string> external;  // names that the bundle must ask Node for, sorted
    std::vector<bool> stays;            // by installed package: kept, or needed by one that is
};

// A package stays when it holds native code (*.node, or an ELF file), when it chooses one that does among its
// optional dependencies (how sharp, esbuild and others choose by platform), when such a one needs it, and
// when it has one to itself: nested where the bundle, which lies where its entry did, would not find it.
NativePackages find_native(const Inventory& inventory, const InstalledPackages& installed,
                           const std::vector<std::string>& entries);

}  // namespace ballast
