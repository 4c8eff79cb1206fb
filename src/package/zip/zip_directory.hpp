#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/fd.hpp"
#include "base/result.hpp"

// What the directory at the end of a zip says, field by field and before any of it is believed.
// From PKWARE's APPNOTE.TXT 6.3.10, sections 4.3.7 to 4.5.3.
//
// libzip, which decodes the entries, cannot tell what a check needs: it hands out names as C strings,
// so that one with a NUL looks like another, and never says where an entry lies, so that overlaps
// cannot be seen. Hence this reader; zip_package.cpp makes sure that libzip sees the same directory.

namespace ballast {

// Values of "version made by", high byte: who wrote the entry's attributes.
inline constexpr std::uint8_t k_zip_host_dos = 0;
inline constexpr std::uint8_t k_zip_host_unix = 3;
inline constexpr std::uint8_t k_zip_host_windows = 10;
inline constexpr std::uint8_t k_zip_host_vfat = 14;
inline constexpr std::uint8_t k_zip_host_os_x = 19;

inline constexpr std::uint16_t k_zip_flag_encrypted = 1U << 0U;
inline constexpr std::uint16_t k_zip_flag_strong_encryption = 1U << 6U;
inline constexpr std::uint16_t k_zip_flag_hidden_directory = 1U << 13U;

inline constexpr std::uint16_t k_zip_stored = 0;
inline constexpr std::uint16_t k_zip_deflated = 8;

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

// Reads every entry's local header. Errors: corrupt unless each is where the directory says, has the
// same name and method, and no two entries, nor an entry and the directory, share a byte of the file.
Result<void> check_zip_extents(const Fd& fd, const std::string& archive, const ZipDirectory& directory);

}  // namespace ballast
