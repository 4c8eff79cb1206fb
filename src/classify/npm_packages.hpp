#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "classify/installed_packages.hpp"

namespace ballast {

// Adds npm's packages, and takes the entries that belong to them. A part of find_installed().
Result<void> add_npm_packages(const Inventory& inventory, InstalledPackages& found);

// A package.json's fields, as far as they are looked at. What is not a JSON object gives empty ones.
struct NpmMetadata {
    std::string name;
    std::string version;
    std::vector<Requirement> needs = {};
};
enum class DevDependencies : std::uint8_t { left_out, taken };
NpmMetadata parse_package_json(std::string_view text, DevDependencies dev = DevDependencies::left_out);

}  // namespace ballast
