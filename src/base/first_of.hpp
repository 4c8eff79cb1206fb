#pragma once

#include <algorithm>
#include <cstddef>
#include <span>

namespace ballast {

// The first elements of a list, `most` of them or all. In place of std::views::take, which Clang 14 cannot
// compile with GCC's library.
template <typename List>
auto first_of(const List& list, std::size_t most) {
    return std::span(list).first(std::min(most, list.size()));
}

}  // namespace ballast
