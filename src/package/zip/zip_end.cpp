#include "package/zip/zip_end.hpp"

#include <sys/stat.h>

#include <algorithm>
#include <cerrno>
#include <optional>
#include <span>
#include <vector>

#include "base/file.hpp"
#include "package/zip/byte_reader.hpp"
#include "package/zip/zip_directory.hpp"

namespace ballast {
namespace {

constexpr std::uint32_t k_end_signature = 0x06054b50;
constexpr std::uint32_t k_end64_signature = 0x06064b50;
constexpr std::uint32_t k_locator64_signature = 0x07064b50;

constexpr std::size_t k_end_bytes = 22;
constexpr std::size_t k_locator64_bytes = 20;
constexpr std::size_t k_end64_bytes = 56;
constexpr std::size_t k_max_comment_bytes = 0xFFFF;

// What fields too small for their value hold; the zip64 record then has it.
constexpr std::uint16_t k_in_zip64_16 = 0xFFFF;
constexpr std::uint32_t k_in_zip64_32 = 0xFFFFFFFF;

Result<std::vector<std::byte>> read_at(const Fd& fd, const std::string& archive, std::uint64_t offset,
                                       std::size_t length) {
    std::vector<std::byte> bytes(length);
    BALLAST_CHECK(pread_exact(fd, bytes, offset, archive));
    return bytes;
}

// The end record is the last that says by its comment's length that it ends with the file. Bytes after
// it are refused: readers differ in what they make of them.
std::optional<std::size_t> find_end(std::span<const std::byte> tail) {
    for (std::size_t back = k_end_bytes; back <= tail.size(); ++back) {
        const std::size_t at = tail.size() - back;
        ByteReader reader(tail.subspan(at));
        if (reader.u32() != k_end_signature) continue;
        reader.bytes(16);
        if (reader.u16() == back - k_end_bytes) return at;
    }
    return std::nullopt;
}

// The zip64 record overrides the fields that were too small; those that were not must say the same.
Result<ZipDirectoryPlace> read_end64(const Fd& fd, const std::string& archive, std::uint64_t at,
                                     std::uint64_t limit, const ZipDirectoryPlace& small) {
    if (at > limit || limit - at < k_end64_bytes) {
        return distrust(archive, {}, "the zip64 end of the directory is not where its locator says");
    }
    BALLAST_TRY(const auto bytes, read_at(fd, archive, at, k_end64_bytes));
    ByteReader reader(bytes);
    const bool is_there = reader.u32() == k_end64_signature;
    reader.bytes(8 + 2 + 2);  // its size, versions
    const std::uint32_t disk = reader.u32();
    const std::uint32_t directory_disk = reader.u32();
    const std::uint64_t entries_here = reader.u64();
    ZipDirectoryPlace place;
    place.entries = reader.u64();
    place.bytes = reader.u64();
    place.offset = reader.u64();
    place.limit = at;
    if (!is_there) {
        return distrust(archive, {}, "the zip64 end of the directory is not where its locator says");
    }
    if (disk != 0 || directory_disk != 0 || entries_here != place.entries) {
        return distrust(archive, {}, "is a part of a zip that is split over several files");
    }
    const bool agrees = (small.entries == k_in_zip64_16 || small.entries == place.entries) &&
                        (small.bytes == k_in_zip64_32 || small.bytes == place.bytes) &&
                        (small.offset == k_in_zip64_32 || small.offset == place.offset);
    if (!agrees)
        return distrust(archive, {}, "the end of the directory and its zip64 form contradict each other");
    return place;
}

}  // namespace

Result<ZipDirectoryPlace> find_zip_directory(const Fd& fd, const std::string& archive) {
    struct stat info = {};
    if (::fstat(fd.value(), &info) != 0) return fail_errno(errno, archive, "cannot stat");
    const auto size = static_cast<std::uint64_t>(info.st_size);
    const auto tail_bytes =
        std::min<std::uint64_t>(size, k_end_bytes + k_max_comment_bytes + k_locator64_bytes);
    const std::uint64_t tail_at = size - tail_bytes;
    BALLAST_TRY(const auto tail, read_at(fd, archive, tail_at, static_cast<std::size_t>(tail_bytes)));
    const auto end = find_end(tail);
    if (!end) {
        return distrust(archive, {}, "the directory at the end of the zip is missing",
                        "the file may be cut off; copy or build it again");
    }
    ByteReader reader{std::span<const std::byte>(tail).subspan(*end + 4)};
    const std::uint16_t disk = reader.u16();
    const std::uint16_t directory_disk = reader.u16();
    const std::uint16_t entries_here = reader.u16();
    ZipDirectoryPlace place;
    place.entries = reader.u16();
    place.bytes = reader.u32();
    place.offset = reader.u32();
    place.limit = tail_at + *end;
    if (*end >= k_locator64_bytes) {
        ByteReader locator{std::span<const std::byte>(tail).subspan(*end - k_locator64_bytes)};
        if (locator.u32() == k_locator64_signature) {
            locator.u32();  // the disk, which the record itself tells too
            const std::uint64_t at = locator.u64();
            return read_end64(fd, archive, at, place.limit - k_locator64_bytes, place);
        }
    }
    if (disk != 0 || directory_disk != 0 || entries_here != place.entries) {
        return distrust(archive, {}, "is a part of a zip that is split over several files");
    }
    return place;
}

}  // namespace ballast
