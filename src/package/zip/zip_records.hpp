#pragma once

#include <cstdint>
#include <string>

#include "package/zip/zip_directory.hpp"

// The records of a zip as bytes: what zip_end.hpp, zip_directory.hpp and zip_extents.hpp read back. Each
// takes its zip64 form by itself where a number needs it. Every time of change is 1980-01-01 00:00, the first
// that the format can say.

namespace ballast {

// What stands before an entry's bytes. How long it is depends on neither the CRC nor the compressed bytes, so
// that it can be written again when they are known.
std::string zip_header(const ZipRecord& record);

// The entry's part of the directory.
std::string zip_directory_record(const ZipRecord& record);

// What stands behind a directory of `bytes` bytes at `offset`.
std::string zip_directory_end(std::uint64_t entries, std::uint64_t offset, std::uint64_t bytes);

}  // namespace ballast
