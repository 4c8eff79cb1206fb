#pragma once

#include <string>
#include <vector>

#include "format/lock.hpp"
#include "hydrate/place.hpp"

namespace ballast {

// What the markers say of the groups (names; empty: all of the tree): absent when one of them is, stale when
// one is. Says nothing of the tree itself, which may have been removed since.
Place::Marker read_markers(const Place& place, const Lock& lock, const std::vector<std::string>& groups);

// Whether a start finds all that it wants: the markers say so, and there is a tree that they speak of.
bool is_warm(const Place& place, const Lock& lock, const std::vector<std::string>& groups);

}  // namespace ballast
