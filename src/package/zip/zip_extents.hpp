#pragma once

#include <string>

#include "base/fd.hpp"
#include "base/result.hpp"
#include "package/zip/zip_directory.hpp"

namespace ballast {

// Reads every entry's local header and fills in where its bytes start. Errors: corrupt unless each entry is
// where the directory says, has the same name and method, and no two entries, nor an entry and the
// directory, share a byte of the file.
Result<void> locate_zip_entries(const Fd& fd, const std::string& archive, ZipDirectory& directory);

}  // namespace ballast
