#pragma once

#include <cstddef>
#include <optional>
#include <string_view>

#include "package/entry_tree.hpp"

namespace ballast {

// The entry that a path leads to, through symlinks anywhere on the way and at its end. The path may hold "."
// and ".."; nullopt when it leads out of the package, in circles, to its top or to nothing.
std::optional<std::size_t> followed_path(const EntryTree& tree, std::string_view path);

}  // namespace ballast
