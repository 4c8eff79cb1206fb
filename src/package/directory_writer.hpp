#pragma once

#include <memory>
#include <string>

#include "base/result.hpp"
#include "package/package_writer.hpp"

namespace ballast {

// A package written as a directory, at first as a temporary one beside `path`. Files are created
// through directory descriptors and never through a symlink; directories get their modes last, so that
// those without the right to write can be filled. REQUIRES: as create_package() has checked.
Result<std::unique_ptr<PackageWriter>> create_directory_writer(const std::string& path, Replace existing);

}  // namespace ballast
