#include "hydrate/warm.hpp"

namespace ballast {

Place::Marker read_markers(const Place& place, const Lock& lock, const std::vector<std::string>& groups) {
    const auto complete = place.read_marker(k_complete_marker, lock.tree);
    if (complete != Place::Marker::absent || groups.empty()) return complete;
    auto worst = Place::Marker::good;
    for (const auto& group : groups) {
        // Groups are the manifest's: another manifest of the same tree may cut them differently.
        const auto marker = place.read_marker(group_marker(group), lock.manifest);
        if (marker == Place::Marker::absent) return marker;
        if (marker == Place::Marker::stale) worst = marker;
    }
    return worst;
}

bool is_warm(const Place& place, const Lock& lock, const std::vector<std::string>& groups) {
    return read_markers(place, lock, groups) == Place::Marker::good && place.has_tree();
}

}  // namespace ballast
