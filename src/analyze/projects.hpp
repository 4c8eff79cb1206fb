#pragma once

#include <string>
#include <vector>

#include "base/result.hpp"
#include "classify/installed_packages.hpp"

namespace ballast {

// What needs packages without being one: the function itself.
struct Project {
    std::string path;  // of its package.json or requirements.txt
    Ecosystem ecosystem = Ecosystem::npm;
    std::vector<Requirement> needs = {};
};

// The package.json and requirements*.txt files that no installed package owns. Development dependencies
// have the condition "dev". Errors: those of reading the package.
Result<std::vector<Project>> find_projects(const Inventory& inventory, const InstalledPackages& installed);

}  // namespace ballast
