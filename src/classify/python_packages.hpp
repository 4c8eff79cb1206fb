#pragma once

#include "base/result.hpp"
#include "classify/installed_packages.hpp"

namespace ballast {

// Adds Python's packages, and takes the entries that belong to them. A part of find_installed().
Result<void> add_python_packages(const Inventory& inventory, InstalledPackages& found);

}  // namespace ballast
