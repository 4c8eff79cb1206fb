#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

// Builds zips byte by byte, so that tests and fuzz seeds can lie in every field.

namespace ballast::support {

// CRC-32 as zips have it (ISO 3309, reflected, polynomial 0xEDB88320).
inline std::uint32_t crc32(std::string_view bytes) {
    std::uint32_t crc = 0xFFFFFFFF;
    for (const char byte : bytes) {
        crc ^= static_cast<unsigned char>(byte);
        for (int bit = 0; bit < 8; ++bit) crc = (crc >> 1U) ^ ((crc & 1U) != 0 ? 0xEDB88320U : 0U);
    }
    return ~crc;
}

inline std::string little_endian(std::uint64_t value, int width) {
    std::string bytes;
    for (int i = 0; i < width; ++i)
        bytes += static_cast<char>((value >> (8U * static_cast<unsigned>(i))) & 0xFFU);
    return bytes;
}

// A deflate stream of one stored block (RFC 1951, 3.2.4). REQUIRES: at most 65535 bytes.
inline std::string deflate_stored(std::string_view bytes) {
    const auto length = static_cast<std::uint16_t>(bytes.size());
    return '\1' + little_endian(length, 2) + little_endian(static_cast<std::uint16_t>(~length), 2) +
           std::string(bytes);
}

// One entry. What is not set is the truth about `bytes`.
struct ZipEntry {
    std::string name;
    std::string bytes = {};
    std::uint32_t mode = 0100644;  // of Unix, for the upper half of the external attributes
    std::uint8_t host = 3;
    std::uint16_t flags = 0;
    std::uint16_t method = 0;

    std::optional<std::string> data = {};  // what stands in the archive for `bytes`
    std::optional<std::uint32_t> crc = {};
    std::optional<std::uint64_t> size = {};
    std::optional<std::uint64_t> compressed_size = {};
    std::optional<std::uint64_t> offset = {};  // of the local header, in the directory
    std::optional<std::uint32_t> attributes = {};
    std::string extra = {};  // in the directory
    std::uint16_t disk = 0;
    bool zip64 = false;  // sizes and offset in a zip64 extra field

    std::optional<std::string> local_name = {};
    std::optional<std::uint16_t> local_method = {};
    std::optional<std::uint16_t> local_flags = {};
    std::string local_extra = {};
    bool in_directory = true;
    bool in_file = true;
};

struct ZipEnd {
    std::optional<std::uint16_t> entries = {};
    std::optional<std::uint32_t> directory_bytes = {};
    std::optional<std::uint32_t> directory_offset = {};
    std::uint16_t disk = 0;
    std::string comment = {};
    bool zip64 = false;  // a zip64 record and its locator before the end
    std::optional<std::uint64_t> zip64_entries = {};
    std::optional<std::uint64_t> zip64_offset = {};         // of the directory
    std::optional<std::uint64_t> zip64_record_offset = {};  // of the record, in the locator
    std::string after_directory = {};
};

inline std::string zip64_extra(std::uint64_t size, std::uint64_t compressed_size, std::uint64_t offset) {
    return little_endian(1, 2) + little_endian(24, 2) + little_endian(size, 8) +
           little_endian(compressed_size, 8) + little_endian(offset, 8);
}

inline std::string build_zip(const std::vector<ZipEntry>& entries, const ZipEnd& end = {}) {
    std::string file;
    std::string directory;
    std::uint64_t count = 0;
    for (const ZipEntry& entry : entries) {
        const std::string& data = entry.data ? *entry.data : entry.bytes;
        const std::uint64_t size = entry.size.value_or(entry.bytes.size());
        const std::uint64_t compressed = entry.compressed_size.value_or(data.size());
        const std::uint64_t offset = entry.offset.value_or(file.size());
        const std::uint32_t crc = entry.crc.value_or(crc32(entry.bytes));
        const std::uint64_t small_size = entry.zip64 ? 0xFFFFFFFF : size;
        const std::uint64_t small_compressed = entry.zip64 ? 0xFFFFFFFF : compressed;
        if (entry.in_file) {
            const std::string& name = entry.local_name ? *entry.local_name : entry.name;
            file += little_endian(0x04034b50, 4) + little_endian(20, 2) +
                    little_endian(entry.local_flags.value_or(entry.flags), 2) +
                    little_endian(entry.local_method.value_or(entry.method), 2) +
                    little_endian(0x00210000, 4) + little_endian(crc, 4) + little_endian(compressed, 4) +
                    little_endian(size, 4) + little_endian(name.size(), 2) +
                    little_endian(entry.local_extra.size(), 2) + name + entry.local_extra + data;
        }
        if (!entry.in_directory) continue;
        ++count;
        std::string extra = entry.extra;
        if (entry.zip64) extra += zip64_extra(size, compressed, offset);
        directory +=
            little_endian(0x02014b50, 4) + little_endian(20U | static_cast<unsigned>(entry.host) << 8U, 2) +
            little_endian(20, 2) + little_endian(entry.flags, 2) + little_endian(entry.method, 2) +
            little_endian(0x00210000, 4) + little_endian(crc, 4) + little_endian(small_compressed, 4) +
            little_endian(small_size, 4) + little_endian(entry.name.size(), 2) +
            little_endian(extra.size(), 2) + little_endian(0, 2) + little_endian(entry.disk, 2) +
            little_endian(0, 2) + little_endian(entry.attributes.value_or(entry.mode << 16U), 4) +
            little_endian(entry.zip64 ? 0xFFFFFFFF : offset, 4) + entry.name + extra;
    }
    const std::uint64_t directory_offset = file.size();
    file += directory + end.after_directory;
    if (end.zip64) {
        const std::uint64_t record = file.size();
        const std::uint64_t zip64_count = end.zip64_entries.value_or(count);
        file += little_endian(0x06064b50, 4) + little_endian(44, 8) + little_endian(45, 2) +
                little_endian(45, 2) + little_endian(0, 4) + little_endian(0, 4) +
                little_endian(zip64_count, 8) + little_endian(zip64_count, 8) +
                little_endian(directory.size(), 8) +
                little_endian(end.zip64_offset.value_or(directory_offset), 8);
        file += little_endian(0x07064b50, 4) + little_endian(0, 4) +
                little_endian(end.zip64_record_offset.value_or(record), 8) + little_endian(1, 4);
    }
    const std::uint16_t end_count = end.entries.value_or(static_cast<std::uint16_t>(count));
    file += little_endian(0x06054b50, 4) + little_endian(end.disk, 2) + little_endian(end.disk, 2) +
            little_endian(end_count, 2) + little_endian(end_count, 2) +
            little_endian(end.directory_bytes.value_or(static_cast<std::uint32_t>(directory.size())), 4) +
            little_endian(end.directory_offset.value_or(static_cast<std::uint32_t>(directory_offset)), 4) +
            little_endian(end.comment.size(), 2) + end.comment;
    return file;
}

}  // namespace ballast::support
