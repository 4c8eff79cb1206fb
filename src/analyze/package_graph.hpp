#pragma once

#include <string>
#include <vector>

#include "analyze/need_graph.hpp"
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

// Installed packages and projects, by what their metadata says they need. Nodes are the installed packages in
// their order, then the projects.
//
// npm: a need is what Node would find: NAME below the node_modules/ of the needer's own directory or one
// above, through symlinks. Python: every package of that name.
NeedGraph package_graph(const EntryTree& tree, const InstalledPackages& installed,
                        const std::vector<Project>& projects);

}  // namespace ballast
