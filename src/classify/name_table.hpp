#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <string_view>

// Tables of names that rules of classification look into.

namespace ballast {

using Name = std::string_view;

// Each table is held to it when it is compiled.
template <std::size_t Count>
constexpr bool sorted(const std::array<Name, Count>& table) {
    return std::is_sorted(table.begin(), table.end());
}

// REQUIRES: sorted(table).
template <std::size_t Count>
bool holds(const std::array<Name, Count>& table, Name name) {
    return std::binary_search(table.begin(), table.end(), name);
}

}  // namespace ballast
