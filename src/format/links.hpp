#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>

namespace ballast {

// The target of the symlink at a path, or nullopt when there is no symlink at it.
using LinkLookup = std::function<std::optional<std::string_view>(std::string_view path)>;

// Where the symlink at `path` leads, following every symlink on the way as the kernel would:
// a path inside the tree ("" is its top; what is there need not exist), or nullopt when any step
// leaves the tree or more than 40 links follow each other. The text of the target alone does not
// tell: with "a/up -> .." inside, "b -> a/up/../x" looks clean and leaves.
std::optional<std::string> resolve_link(std::string_view path, std::string_view target,
                                        const LinkLookup& lookup);

}  // namespace ballast
