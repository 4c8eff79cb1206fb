#pragma once

#include <memory>
#include <string>

#include "base/fd.hpp"
#include "base/result.hpp"
#include "package/package.hpp"

namespace ballast {

// Reads the zip open as `fd` as a package; `name` is how the user named it. All that the directory
// tells is checked before an entry is decoded (package/zip/zip_tree.hpp, package/zip/zip_directory.hpp), then
// the symlinks' targets are read and checked too.
//
// Errors: corrupt, naming the archive and the entry. The readers that open() gives never return more
// bytes than the entry's size, and fail with corrupt, before they return the last of them, when the
// entry holds more or fewer or does not match its CRC.
Result<std::unique_ptr<Package>> open_zip_package(Fd fd, const std::string& name,
                                                  const PackageLimits& limits);

}  // namespace ballast
