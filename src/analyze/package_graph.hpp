#pragma once

#include <string>
#include <vector>

#include "analyze/need_graph.hpp"
#include "analyze/projects.hpp"
#include "classify/installed_packages.hpp"

namespace ballast {

// Installed packages and projects, by what their metadata says they need. Nodes are the installed packages in
// their order, then the projects.
//
// npm: a need is what Node would find: NAME below the node_modules/ of the needer's own directory or one
// above, through symlinks. Python: every package of that name.
NeedGraph package_graph(const EntryTree& tree, const InstalledPackages& installed,
                        const std::vector<Project>& projects);

}  // namespace ballast
