#pragma once

#include <string>

#include "base/result.hpp"
#include "format/manifest.hpp"

namespace ballast {

// Reads every file of a hydrated tree and compares with the manifest: bytes, kinds, modes, links, and
// that nothing is there besides. Errors: corrupt, naming the first path that differs.
Result<void> verify_tree(const Manifest& manifest, const std::string& tree_path);

}  // namespace ballast
