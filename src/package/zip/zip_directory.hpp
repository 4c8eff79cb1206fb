#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/fd.hpp"
#include "base/result.hpp"

// What the directory at the end of a zip says, field by field and before any of it is believed.

namespace ballast {

struct ZipRecord {
    std::string name;  // as stored: any bytes, with a '/' at the end for a directory
    std::uint8_t host = 0;
    std::uint16_t flags = 0;
    std::uint16_t method = 0;
    std::uint32_t crc = 0;
    std::uint32_t attributes = 0;  // "external": a Unix mode in the upper half, where the host has one
    std::uint64_t compressed_bytes = 0;
    std::uint64_t bytes = 0;
    std::uint64_t header_offset = 0;  // of the local header that stands before its bytes
    std::uint64_t data_offset = 0;    // of its bytes; locate_zip_entries() fills it in
};

struct ZipDirectory {
    std::vector<ZipRecord> records;  // in the directory's own order
    std::uint64_t offset = 0;        // where the directory starts: entries lie before
};

// The error of an archive, or of the entry `path` of it, that must not be trusted.
tl::unexpected<Error> distrust(std::string_view archive, std::string_view path, std::string_view message,
                               std::string_view hint = {});

// Reads the directory of the zip open as `fd`, zip64 or not, with memory bounded by the file's size.
// Errors: corrupt when it is cut off, contradicts itself, spans disks or has over `max_entries`.
Result<ZipDirectory> read_zip_directory(const Fd& fd, const std::string& archive, std::uint64_t max_entries);

}  // namespace ballast
