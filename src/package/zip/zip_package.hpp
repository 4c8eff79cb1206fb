#pragma once

#include <memory>
#include <string>

#include "base/fd.hpp"
#include "base/result.hpp"
#include "package/package.hpp"

namespace ballast {

// Reads the zip open as `fd` as a package; `name` is how the user named it. All that the directory tells is
// checked before an entry is decoded (zip_directory.hpp, zip_extents.hpp, zip_tree.hpp), then the symlinks'
// targets are read and checked too. What the readers of open() promise is in zip_reader.hpp.
// Errors: corrupt, naming the archive and the entry.
Result<std::unique_ptr<Package>> open_zip_package(Fd fd, const std::string& name,
                                                  const PackageLimits& limits);

}  // namespace ballast
