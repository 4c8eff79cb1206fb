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
#include "package/zip/zip_format.hpp"

namespace ballast {
namespace {

constexpr std::size_t k_max_comment_bytes = 0xFFFF;

Result<std::vector<std::byte>> read_at(const Fd& fd, const std::string& archive, std::uint64_t offset,
                                       std::size_t length) {
    std::vector<std::byte> bytes(length);
    BALLAST_CHECK(pread_exact(fd, bytes, offset, archive));
    return bytes;
}

// The end record says by its comment's length that it ends with the file. Bytes after it are refused, and so
// is another end record in its comment: readers differ in what they make of them.
Result<std::size_t> find_end(std::span<const std::byte> tail, const std::string& archive) {
    std::optional<std::size_t> end;
    for (std::size_t at = 0; at + k_zip_end_bytes <= tail.size(); ++at) {
        ByteReader reader(tail.subspan(at));
        if (reader.u32() != k_zip_end_signature) continue;
        if (end) return distrust(archive, {}, "the directory can be read in two ways");
        reader.bytes(16);
        if (reader.u16() == tail.size() - at - k_zip_end_bytes) end = at;
    }
    if (end) return *end;
    return distrust(archive, {}, "the directory at the end of the zip is missing",
                    "the file may be cut off; copy or build it again");
}

// The zip64 record overrides the fields that were too small; those that were not must say the same.
Result<ZipDirectoryPlace> read_end64(const Fd& fd, const std::string& archive, std::uint64_t at,
                                     std::uint64_t limit, const ZipDirectoryPlace& small) {
    if (at > limit || limit - at < k_zip_end64_bytes) {
        return distrust(archive, {}, "the zip64 end of the directory is not where its locator says");
    }
    BALLAST_TRY(const auto bytes, read_at(fd, archive, at, k_zip_end64_bytes));
    ByteReader reader(bytes);
    const bool is_there = reader.u32() == k_zip_end64_signature;
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
        std::min<std::uint64_t>(size, k_zip_end_bytes + k_max_comment_bytes + k_zip_locator64_bytes);
    const std::uint64_t tail_at = size - tail_bytes;
    BALLAST_TRY(const auto tail, read_at(fd, archive, tail_at, static_cast<std::size_t>(tail_bytes)));
    BALLAST_TRY(const std::size_t end, find_end(tail, archive));
    ByteReader reader{std::span<const std::byte>(tail).subspan(end + 4)};
    const std::uint16_t disk = reader.u16();
    const std::uint16_t directory_disk = reader.u16();
    const std::uint16_t entries_here = reader.u16();
    ZipDirectoryPlace place;
    place.entries = reader.u16();
    place.bytes = reader.u32();
    place.offset = reader.u32();
    place.limit = tail_at + end;
    if (end >= k_zip_locator64_bytes) {
        ByteReader locator{std::span<const std::byte>(tail).subspan(end - k_zip_locator64_bytes)};
        if (locator.u32() == k_zip_locator64_signature) {
            locator.u32();  // the disk, which the record itself tells too
            const std::uint64_t at = locator.u64();
            return read_end64(fd, archive, at, place.limit - k_zip_locator64_bytes, place);
        }
    }
    if (disk != 0 || directory_disk != 0 || entries_here != place.entries) {
        return distrust(archive, {}, "is a part of a zip that is split over several files");
    }
    return place;
}

}  // namespace ballast
