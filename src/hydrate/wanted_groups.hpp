#pragma once

#include <string>
#include <vector>

#include "base/result.hpp"
#include "format/lock.hpp"

namespace ballast {

// In place of a group's name: all of the tree.
inline constexpr const char* k_whole_tree = "*";

// What a start hydrates, for HydrateOptions: the groups that it names, else those of BALLAST_GROUPS (names
// with commas between), else what the lock says. Empty: all of the tree, which "*" alone asks for. Errors:
// usage for an empty name, or "*" beside others.
Result<std::vector<std::string>> wanted_groups(const Lock& lock, const std::vector<std::string>& named);

}  // namespace ballast
