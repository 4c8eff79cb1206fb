#pragma once

#include <cstdint>
#include <string>

#include "base/fd.hpp"
#include "base/result.hpp"

namespace ballast {

// Where a zip's directory is, as the records at the end of the file say. Not checked yet.
struct ZipDirectoryPlace {
    std::uint64_t entries = 0;
    std::uint64_t offset = 0;
    std::uint64_t bytes = 0;
    std::uint64_t limit = 0;  // where those records start: the directory ends here or before
};

// Reads the end of the zip open as `fd`, zip64 or not: APPNOTE.TXT 6.3.10, sections 4.3.14 to 4.3.16.
// Errors: corrupt when it is missing or cut off, contradicts itself or spans several files.
Result<ZipDirectoryPlace> find_zip_directory(const Fd& fd, const std::string& archive);

}  // namespace ballast
