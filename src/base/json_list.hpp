#pragma once

#include <nlohmann/json.hpp>

namespace ballast {

// An array of what `json_of` makes of each element.
template <typename List, typename JsonOf>
nlohmann::ordered_json json_list(const List& list, const JsonOf& json_of) {
    auto json = nlohmann::ordered_json::array();
    for (const auto& one : list) json.push_back(json_of(one));
    return json;
}

}  // namespace ballast
