#include <algorithm>
#include <vector>

#include "base/file.hpp"
#include "package/zip/byte_reader.hpp"
#include "package/zip/zip_directory.hpp"

namespace ballast {
namespace {

constexpr std::uint32_t k_header_signature = 0x04034b50;
constexpr std::size_t k_header_bytes = 30;

// The bytes of the archive that one entry takes: its local header and what follows it. A data
// descriptor behind them is left out, since nothing is read from it.
struct Extent {
    std::uint64_t start = 0;
    std::uint64_t end = 0;
    const ZipRecord* record = nullptr;
};

Result<Extent> read_extent(const Fd& fd, const std::string& archive, const ZipRecord& record,
                           std::uint64_t limit) {
    const std::size_t header_bytes = k_header_bytes + record.name.size();
    if (record.header_offset > limit || limit - record.header_offset < header_bytes) {
        return distrust(archive, record.name, "does not lie where the directory says");
    }
    std::vector<std::byte> header(header_bytes);
    BALLAST_CHECK(pread_exact(fd, header, record.header_offset, archive));
    ByteReader reader(header);
    if (reader.u32() != k_header_signature) {
        return distrust(archive, record.name, "does not lie where the directory says");
    }
    reader.u16();  // the version needed
    const std::uint16_t flags = reader.u16();
    const std::uint16_t method = reader.u16();
    // Time, date, CRC and sizes: zeros where a writer could not seek back, so the directory's count.
    reader.bytes(4 + 4 + 4 + 4);
    const std::uint16_t name_bytes = reader.u16();
    const std::uint16_t extra_bytes = reader.u16();
    if (name_bytes != record.name.size() || reader.text(name_bytes) != record.name) {
        return distrust(archive, record.name, "has another name in its own header than in the directory");
    }
    if (method != record.method || ((flags ^ record.flags) & k_zip_flag_encrypted) != 0) {
        return distrust(archive, record.name,
                        "is described in its own header otherwise than in the directory");
    }
    const std::uint64_t data = record.header_offset + header_bytes + extra_bytes;
    if (data > limit || limit - data < record.compressed_bytes) {
        return distrust(archive, record.name, "reaches into the directory, or past it");
    }
    return Extent{record.header_offset, data + record.compressed_bytes, &record};
}

}  // namespace

Result<void> check_zip_extents(const Fd& fd, const std::string& archive, const ZipDirectory& directory) {
    std::vector<Extent> extents;
    extents.reserve(directory.records.size());
    for (const ZipRecord& record : directory.records) {
        BALLAST_TRY(const Extent extent, read_extent(fd, archive, record, directory.offset));
        extents.push_back(extent);
    }
    std::sort(extents.begin(), extents.end(),
              [](const Extent& a, const Extent& b) { return a.start < b.start; });
    for (std::size_t i = 1; i < extents.size(); ++i) {
        if (extents[i].start < extents[i - 1].end) {
            return distrust(archive, extents[i].record->name,
                            "shares bytes of the archive with another entry");
        }
    }
    return {};
}

}  // namespace ballast
