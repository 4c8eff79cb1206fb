#include "package/zip/zip_directory.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "base/file.hpp"
#include "base/relative_path.hpp"
#include "base/size.hpp"
#include "package/zip/byte_reader.hpp"
#include "package/zip/zip_end.hpp"
#include "package/zip/zip_format.hpp"

namespace ballast {
namespace {

// The zip64 extra field holds, in this order, those of the fields that are all ones in the record.
struct Zip64 {
    bool bytes;
    bool compressed;
    bool offset;
    bool is_needed() const { return bytes || compressed || offset; }
};

// Some tools align what follows by up to three bytes of zeros.
bool is_padding(std::span<const std::byte> rest) {
    return rest.size() < 4 &&
           std::ranges::all_of(rest, [](std::byte value) { return value == std::byte{0}; });
}

constexpr std::string_view k_bad_zip64 = "the zip64 sizes are missing or cut off";

// What is wrong with the extra fields; "" for nothing.
std::string_view read_extra(std::span<const std::byte> extra, ZipRecord& record) {
    Zip64 large{record.bytes == k_in_zip64_32, record.compressed_bytes == k_in_zip64_32,
                record.header_offset == k_in_zip64_32};
    ByteReader fields(extra);
    while (fields.left() > 0 && !is_padding(extra.last(fields.left()))) {
        const std::uint16_t id = fields.u16();
        const std::uint16_t size = fields.u16();
        const auto bytes = fields.bytes(size);
        if (!fields.ok()) return id == k_zip_extra_zip64 ? k_bad_zip64 : "an extra field is cut off";
        ByteReader field(bytes);
        if (id == k_zip_extra_zip64 && large.is_needed()) {
            if (large.bytes) record.bytes = field.u64();
            if (large.compressed) record.compressed_bytes = field.u64();
            if (large.offset) record.header_offset = field.u64();
            if (!field.ok()) break;
            large = {};
        } else if (id == k_zip_extra_unicode_path) {
            field.bytes(k_zip_unicode_path_header_bytes);
            // Other tools unpack it under that name.
            if (!field.ok() || field.text(field.left()) != record.name)
                return "its name can be read in two ways";
        }
    }
    return large.is_needed() ? k_bad_zip64 : "";
}

// Goes through the directory with a window of bounded size.
class RecordReader {
  public:
    RecordReader(const Fd& fd, const std::string& archive, const ZipDirectoryPlace& place)
        : m_fd(fd), m_archive(archive), m_next(place.offset), m_end(place.offset + place.bytes) {}

    Result<ZipRecord> next();
    bool at_end() const { return m_next == m_end && m_used == m_window.size(); }

  private:
    // The next `length` bytes, valid until the next call.
    Result<std::span<const std::byte>> take(std::size_t length);

    static constexpr std::size_t k_window_bytes = 256 * k_kib;
    const Fd& m_fd;
    const std::string& m_archive;
    std::uint64_t m_next;
    std::uint64_t m_end;
    std::vector<std::byte> m_window;
    std::size_t m_used = 0;
};

Result<std::span<const std::byte>> RecordReader::take(std::size_t length) {
    if (m_window.size() - m_used < length) {
        m_window.erase(m_window.begin(), m_window.begin() + static_cast<std::ptrdiff_t>(m_used));
        m_used = 0;
        const std::size_t kept = m_window.size();
        const auto more = static_cast<std::size_t>(std::min<std::uint64_t>(k_window_bytes, m_end - m_next));
        if (kept + more < length)
            return distrust(m_archive, {}, "the directory ends in the middle of an entry");
        m_window.resize(kept + more);
        BALLAST_CHECK(pread_exact(m_fd, std::span(m_window).subspan(kept), m_next, m_archive));
        m_next += more;
    }
    const auto taken = std::span<const std::byte>(m_window).subspan(m_used, length);
    m_used += length;
    return taken;
}

Result<ZipRecord> RecordReader::next() {
    BALLAST_TRY(const auto fixed, take(k_zip_record_bytes));
    ByteReader reader(fixed);
    if (reader.u32() != k_zip_record_signature) {
        return distrust(m_archive, {}, "the directory holds something that is not an entry");
    }
    ZipRecord record;
    record.host = static_cast<std::uint8_t>(reader.u16() >> 8U);
    reader.u16();  // the version needed: method and flags tell what matters
    record.flags = reader.u16();
    record.method = reader.u16();
    reader.u32();  // time and date
    record.crc = reader.u32();
    record.compressed_bytes = reader.u32();
    record.bytes = reader.u32();
    const std::uint16_t name_bytes = reader.u16();
    const std::uint16_t extra_bytes = reader.u16();
    const std::uint16_t comment_bytes = reader.u16();
    const std::uint16_t disk = reader.u16();
    reader.u16();  // internal attributes
    record.attributes = reader.u32();
    record.header_offset = reader.u32();
    BALLAST_TRY(const auto variable, take(std::size_t{name_bytes} + extra_bytes + comment_bytes));
    ByteReader rest(variable);
    record.name = rest.text(name_bytes);
    if (const auto fault = read_extra(rest.bytes(extra_bytes), record); !fault.empty())
        return distrust(m_archive, record.name, fault);
    if (disk != 0) return distrust(m_archive, record.name, "lies in another part of a split zip");
    return record;
}

}  // namespace

tl::unexpected<Error> distrust(std::string_view archive, std::string_view path, std::string_view message,
                               std::string_view hint) {
    std::string object(archive);
    if (!path.empty()) object += ": " + printable(path);
    return fail(ErrorCode::corrupt, object, message, hint);
}

Result<ZipDirectory> read_zip_directory(const Fd& fd, const std::string& archive, std::uint64_t max_entries) {
    BALLAST_TRY(const ZipDirectoryPlace place, find_zip_directory(fd, archive));
    if (place.offset > place.limit || place.bytes > place.limit - place.offset) {
        return distrust(archive, {}, "the directory is not where its end says",
                        "the file may be cut off; copy or build it again");
    }
    if (place.entries > max_entries) {
        return distrust(archive, {},
                        fmt::format("has {} entries, more than the {} that are allowed",
                                    format_count(place.entries), format_count(max_entries)));
    }
    if (place.entries > place.bytes / k_zip_record_bytes) {
        return distrust(archive, {}, "the directory is too small for the entries that it should have");
    }
    ZipDirectory directory;
    directory.offset = place.offset;
    directory.records.reserve(static_cast<std::size_t>(place.entries));
    RecordReader reader(fd, archive, place);
    for (std::uint64_t i = 0; i < place.entries; ++i) {
        BALLAST_TRY(auto record, reader.next());
        directory.records.push_back(std::move(record));
    }
    if (!reader.at_end())
        return distrust(archive, {}, "the directory holds more than the entries that it counts");
    return directory;
}

}  // namespace ballast
