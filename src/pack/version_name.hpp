#pragma once

#include <string>

#include "base/result.hpp"
#include "codec/sha256.hpp"

namespace ballast {

// The name of a package's version: the git commit where the package lies in a work tree, with
// "-dirty-<digest>" when what git sees below it differs from the commit; else the tree's digest
// (its first 32 digits). `package_path` is a directory or a zip.
std::string version_name(const std::string& package_path, const Digest& tree);

}  // namespace ballast
