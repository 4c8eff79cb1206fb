#pragma once

#include <memory>
#include <string>

#include "base/result.hpp"
#include "package/package_writer.hpp"

namespace ballast {

// A package written as a zip: deflate at level 9, Unix modes, symlinks as symlinks, every time of
// change 1980-01-01 00:00, entries in the order in which they are added, zip64 where sizes or numbers
// need it. A file is compressed while it is added.
// REQUIRES: as create_package() has checked.
Result<std::unique_ptr<PackageWriter>> create_zip_writer(const std::string& path, Replace existing);

}  // namespace ballast
