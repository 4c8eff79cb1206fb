#include "package/zip/zip_writer.hpp"

#include <sys/stat.h>

#define ZLIB_CONST  // next_in points to what is only read
#include <zlib.h>

#include <vector>

#include "base/file.hpp"
#include "base/interrupt.hpp"
#include "base/relative_path.hpp"
#include "base/size.hpp"
#include "base/utf8.hpp"
#include "package/writing.hpp"
#include "package/zip/zip_format.hpp"
#include "package/zip/zip_records.hpp"

namespace ballast {
namespace {

constexpr std::uint32_t k_dos_directory = 0x10;
constexpr std::size_t k_packed_bytes = 64 * k_kib;

// Whether the name has to be marked as UTF-8: without the mark, readers may take it for CP437.
bool is_beyond_ascii(std::string_view name) {
    bool beyond = false;
    while (!name.empty()) {
        const CodePoint point = first_code_point(name);
        if (point.bytes == 0) return false;
        beyond = beyond || point.bytes > 1;
        name.remove_prefix(point.bytes);
    }
    return beyond;
}

std::uint32_t checksum(std::uint32_t crc, std::span<const std::byte> bytes) {
    return static_cast<std::uint32_t>(
        crc32_z(crc, reinterpret_cast<const Bytef*>(bytes.data()), bytes.size()));
}

class ZipWriter final : public PackageWriter {
  public:
    ZipWriter(std::string path, Replace existing, AtomicFile file)
        : m_path(std::move(path)), m_existing(existing), m_file(std::move(file)), m_packed(k_packed_bytes) {}
    ~ZipWriter() override { deflateEnd(&m_stream); }  // which is fine with a stream that was never started

    Result<void> open();
    Result<void> add_directory(const Entry& entry) override;
    Result<void> add_symlink(const Entry& entry) override;
    Result<void> add_file(const Entry& entry, FileReader& reader) override;
    Result<void> commit() override;

  private:
    // An entry at the end of the file, stored and empty.
    ZipRecord next_record(const std::string& name, mode_t mode) const;
    // Writes an entry whose bytes need no compression.
    Result<void> add_stored(ZipRecord record, std::string_view bytes);
    void list(const ZipRecord& record);

    Result<void> append(std::span<const std::byte> bytes, const std::string& name);
    Result<void> deflate(std::span<const std::byte> bytes, int flush, const std::string& name);
    std::string shown(std::string_view path) const { return m_path + ": " + printable(path); }

    std::string m_path;
    Replace m_existing;
    AtomicFile m_file;
    std::uint64_t m_bytes = 0;  // of the file so far
    std::uint64_t m_entries = 0;
    std::string m_directory;
    z_stream m_stream = {};  // one for all files: to make one is most of the work for a small file
    std::vector<std::byte> m_packed;
};

Result<void> ZipWriter::open() {
    // These decide the bytes of every zip, and must not change.
    if (deflateInit2(&m_stream, Z_BEST_COMPRESSION, Z_DEFLATED, -MAX_WBITS, MAX_MEM_LEVEL,
                     Z_DEFAULT_STRATEGY) != Z_OK) {
        return fail(ErrorCode::unavailable, m_path, "out of memory");
    }
    return {};
}

Result<void> ZipWriter::append(std::span<const std::byte> bytes, const std::string& name) {
    BALLAST_CHECK(pwrite_all(m_file.fd(), bytes, m_bytes, name));
    m_bytes += bytes.size();
    return {};
}

Result<void> ZipWriter::deflate(std::span<const std::byte> bytes, int flush, const std::string& name) {
    m_stream.next_in = reinterpret_cast<const Bytef*>(bytes.data());
    m_stream.avail_in = static_cast<uInt>(bytes.size());
    do {
        m_stream.next_out = reinterpret_cast<Bytef*>(m_packed.data());
        m_stream.avail_out = static_cast<uInt>(m_packed.size());
        (void)::deflate(&m_stream, flush);  // fails only when it is used wrongly
        BALLAST_CHECK(append(std::span(m_packed).first(m_packed.size() - m_stream.avail_out), name));
    } while (m_stream.avail_out == 0);
    return {};
}

ZipRecord ZipWriter::next_record(const std::string& name, mode_t mode) const {
    ZipRecord record;
    record.name = name;
    record.host = k_zip_host_unix;
    if (is_beyond_ascii(name)) record.flags = k_zip_flag_utf8;
    record.attributes = static_cast<std::uint32_t>(mode) << 16U | (S_ISDIR(mode) ? k_dos_directory : 0U);
    record.header_offset = m_bytes;
    return record;
}

Result<void> ZipWriter::add_stored(ZipRecord record, std::string_view bytes) {
    record.bytes = bytes.size();
    record.compressed_bytes = bytes.size();
    record.crc = checksum(0, as_bytes(bytes));
    BALLAST_CHECK(append(as_bytes(zip_header(record).append(bytes)), shown(record.name)));
    list(record);
    return {};
}

void ZipWriter::list(const ZipRecord& record) {
    m_directory += zip_directory_record(record);
    ++m_entries;
}

Result<void> ZipWriter::add_directory(const Entry& entry) {
    BALLAST_CHECK(check_entry_path(entry.path));
    return add_stored(next_record(entry.path + "/", S_IFDIR | (entry.mode & k_permission_bits)), {});
}

Result<void> ZipWriter::add_symlink(const Entry& entry) {
    BALLAST_CHECK(check_entry_path(entry.path));
    return add_stored(next_record(entry.path, S_IFLNK | 0777), entry.target);
}

Result<void> ZipWriter::add_file(const Entry& entry, FileReader& reader) {
    BALLAST_CHECK(check_entry_path(entry.path));
    const std::string name = shown(entry.path);
    ZipRecord record = next_record(entry.path, S_IFREG | (entry.mode & k_permission_bits));
    record.bytes = entry.size;
    if (entry.size > 0) {
        record.method = k_zip_deflated;
        record.flags |= k_zip_flag_best_deflate;
    }
    m_bytes += zip_header(record).size();
    const std::uint64_t start = m_bytes;
    const auto pack = [&](std::span<const std::byte> bytes) {
        record.crc = checksum(record.crc, bytes);
        return deflate(bytes, Z_NO_FLUSH, name);
    };
    BALLAST_CHECK(copy_file(reader, entry, pack, name));
    if (entry.size > 0) {
        BALLAST_CHECK(deflate({}, Z_FINISH, name));
        deflateReset(&m_stream);
    }
    record.compressed_bytes = m_bytes - start;
    BALLAST_CHECK(pwrite_all(m_file.fd(), as_bytes(zip_header(record)), record.header_offset, name));
    list(record);
    return {};
}

Result<void> ZipWriter::commit() {
    BALLAST_CHECK(check_interrupt(m_path));
    const std::string end = zip_directory_end(m_entries, m_bytes, m_directory.size());
    BALLAST_CHECK(append(as_bytes(m_directory + end), m_path));
    BALLAST_CHECK(check_replaceable(m_path, m_existing));
    BALLAST_CHECK(m_file.commit());
    return {};
}

}  // namespace

Result<std::unique_ptr<PackageWriter>> create_zip_writer(const std::string& path, Replace existing) {
    BALLAST_TRY(AtomicFile file, AtomicFile::create(path));
    auto writer = std::make_unique<ZipWriter>(path, existing, std::move(file));
    BALLAST_CHECK(writer->open());
    return writer;
}

}  // namespace ballast
