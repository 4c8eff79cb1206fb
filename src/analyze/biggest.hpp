#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "analyze/analyze.hpp"

namespace ballast {

// The biggest files and directories, at most `count`, of equals those that come first. One element an entry
// in `amounts`; those of directories and symlinks are not looked at.
std::vector<BigEntry> biggest_files(const Inventory& inventory, const std::vector<Amount>& amounts,
                                    std::size_t count);
// The same among some of them.
std::vector<BigEntry> biggest_files(const Inventory& inventory, const std::vector<Amount>& amounts,
                                    std::vector<std::size_t> files, std::size_t count);
std::vector<BigEntry> biggest_directories(const Inventory& inventory, const std::vector<Amount>& amounts,
                                          std::size_t count);

// The package as a tree of at most about `nodes`: the largest files and directories have nodes of their own,
// the others of each directory one together. Every node's children add up to it.
AnalysisNode make_tree(const Inventory& inventory, const std::vector<Amount>& amounts,
                       const std::string& name, std::size_t nodes);

}  // namespace ballast
