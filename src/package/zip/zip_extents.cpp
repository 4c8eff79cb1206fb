#include "package/zip/zip_extents.hpp"

#include <algorithm>
#include <vector>

#include "base/file.hpp"
#include "package/zip/byte_reader.hpp"
#include "package/zip/zip_format.hpp"

namespace ballast {
namespace {

Result<void> locate(const Fd& fd, const std::string& archive, ZipRecord& record, std::uint64_t limit) {
    const std::size_t header_bytes = k_zip_header_bytes + record.name.size();
    if (record.header_offset > limit || limit - record.header_offset < header_bytes) {
        return distrust(archive, record.name, "does not lie where the directory says");
    }
    std::vector<std::byte> header(header_bytes);
    BALLAST_CHECK(pread_exact(fd, header, record.header_offset, archive));
    ByteReader reader(header);
    if (reader.u32() != k_zip_header_signature) {
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
    record.data_offset = record.header_offset + header_bytes + extra_bytes;
    if (record.data_offset > limit || limit - record.data_offset < record.compressed_bytes) {
        return distrust(archive, record.name, "reaches into the directory, or past it");
    }
    return {};
}

}  // namespace

Result<void> locate_zip_entries(const Fd& fd, const std::string& archive, ZipDirectory& directory) {
    std::vector<const ZipRecord*> in_file;
    in_file.reserve(directory.records.size());
    for (ZipRecord& record : directory.records) {
        BALLAST_CHECK(locate(fd, archive, record, directory.offset));
        in_file.push_back(&record);
    }
    std::sort(in_file.begin(), in_file.end(),
              [](const auto* a, const auto* b) { return a->header_offset < b->header_offset; });
    for (std::size_t i = 1; i < in_file.size(); ++i) {
        // A data descriptor behind an entry's bytes is left out, since nothing is read from it.
        const ZipRecord& before = *in_file[i - 1];
        if (in_file[i]->header_offset < before.data_offset + before.compressed_bytes) {
            return distrust(archive, in_file[i]->name, "shares bytes of the archive with another entry");
        }
    }
    return {};
}

}  // namespace ballast
