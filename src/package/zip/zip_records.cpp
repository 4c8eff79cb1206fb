#include "package/zip/zip_records.hpp"

#include <algorithm>

#include "package/zip/zip_format.hpp"

namespace ballast {
namespace {

constexpr std::uint16_t k_made_by_version = 63;  // of the format: 6.3
constexpr std::uint16_t k_version_needed_zip64 = 45;
constexpr std::uint16_t k_dos_time = 0;
constexpr std::uint16_t k_dos_date = (0U << 9U) | (1U << 5U) | 1U;  // year 0, month 1, day 1

// The largest file that deflate cannot swell to 4 GiB: it adds five bytes to each 16 KiB, and six to all.
constexpr std::uint64_t k_max_small_bytes = 4'293'656'963;

// Little-endian fields, one after the other.
class Fields {
  public:
    Fields& u16(std::uint64_t value) { return number(value, 2); }
    Fields& u32(std::uint64_t value) { return number(value, 4); }
    Fields& u64(std::uint64_t value) { return number(value, 8); }
    Fields& text(const std::string& text) {
        m_bytes += text;
        return *this;
    }
    std::string take() { return std::move(m_bytes); }

  private:
    Fields& number(std::uint64_t value, unsigned bytes) {
        for (unsigned i = 0; i < bytes; ++i) m_bytes += static_cast<char>((value >> (8 * i)) & 0xFFU);
        return *this;
    }

    std::string m_bytes;
};

std::string zip64_field(const std::string& values) {
    if (values.empty()) return {};
    return Fields().u16(k_zip_extra_zip64).u16(values.size()).text(values).take();
}

std::uint16_t version_needed(const ZipRecord& record, bool zip64) {
    if (zip64) return k_version_needed_zip64;
    const bool oldest = record.method == k_zip_stored && !record.name.ends_with('/');
    return oldest ? 10 : 20;  // deflate and directories came with 2.0
}

bool is_large(std::uint64_t value) {
    return value >= k_in_zip64_32;
}

// The fields that a local header and a directory's record share, from the version needed on.
Fields& put_common(Fields& fields, const ZipRecord& record, std::uint64_t compressed_bytes,
                   std::uint64_t bytes, const std::string& extra) {
    return fields.u16(version_needed(record, !extra.empty()))
        .u16(record.flags)
        .u16(record.method)
        .u16(k_dos_time)
        .u16(k_dos_date)
        .u32(record.crc)
        .u32(compressed_bytes)
        .u32(bytes)
        .u16(record.name.size())
        .u16(extra.size());
}

}  // namespace

std::string zip_header(const ZipRecord& record) {
    const bool large = record.bytes > k_max_small_bytes;
    std::string extra;
    if (large) extra = zip64_field(Fields().u64(record.bytes).u64(record.compressed_bytes).take());
    Fields fields;
    fields.u32(k_zip_header_signature);
    put_common(fields, record, large ? k_in_zip64_32 : record.compressed_bytes,
               large ? k_in_zip64_32 : record.bytes, extra);
    return fields.text(record.name).text(extra).take();
}

std::string zip_directory_record(const ZipRecord& record) {
    Fields large;
    const auto small = [&](std::uint64_t value) {
        if (!is_large(value)) return value;
        large.u64(value);
        return std::uint64_t{k_in_zip64_32};
    };
    const std::uint64_t bytes = small(record.bytes);  // in this order
    const std::uint64_t compressed_bytes = small(record.compressed_bytes);
    const std::uint64_t header_offset = small(record.header_offset);
    const std::string extra = zip64_field(large.take());
    Fields fields;
    fields.u32(k_zip_record_signature).u16(k_made_by_version | unsigned{record.host} << 8U);
    return put_common(fields, record, compressed_bytes, bytes, extra)
        .u16(0)  // of a comment
        .u16(0)  // disk
        .u16(0)  // internal attributes
        .u32(record.attributes)
        .u32(header_offset)
        .text(record.name)
        .text(extra)
        .take();
}

std::string zip_directory_end(std::uint64_t entries, std::uint64_t offset, std::uint64_t bytes) {
    Fields fields;
    if (entries > k_in_zip64_16 || is_large(offset) || is_large(bytes)) {
        fields.u32(k_zip_end64_signature)
            .u64(k_zip_end64_bytes - 12)  // of what follows
            .u16(k_version_needed_zip64)
            .u16(k_version_needed_zip64)
            .u32(0)  // disks
            .u32(0)
            .u64(entries)
            .u64(entries)
            .u64(bytes)
            .u64(offset);
        fields.u32(k_zip_locator64_signature).u32(0).u64(offset + bytes).u32(1);
    }
    const std::uint64_t small_entries = std::min<std::uint64_t>(entries, k_in_zip64_16);
    return fields.u32(k_zip_end_signature)
        .u16(0)  // disks
        .u16(0)
        .u16(small_entries)
        .u16(small_entries)
        .u32(std::min<std::uint64_t>(bytes, k_in_zip64_32))
        .u32(std::min<std::uint64_t>(offset, k_in_zip64_32))
        .u16(0)  // of a comment
        .take();
}

}  // namespace ballast
