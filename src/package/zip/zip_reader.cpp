#include "package/zip/zip_reader.hpp"

#include <zlib.h>

#include <algorithm>
#include <vector>

#include "base/file.hpp"
#include "base/size.hpp"
#include "package/zip/zip_format.hpp"

namespace ballast {
namespace {

constexpr std::uint64_t k_window_bytes = 64 * k_kib;

tl::unexpected<Error> out_of_memory(const std::string& archive) {
    return fail(ErrorCode::unavailable, archive, "out of memory");
}

class ZipReader final : public FileReader {
  public:
    ZipReader(const Fd& fd, const ZipRecord& record, const std::string& archive)
        : m_fd(fd),
          m_record(record),
          m_archive(archive),
          m_deflated(record.method == k_zip_deflated && record.compressed_bytes > 0),
          m_next(record.data_offset),
          m_end(record.data_offset + record.compressed_bytes),
          m_left(record.bytes) {}
    ~ZipReader() override { inflateEnd(&m_stream); }  // which is fine with a stream that was never started

    Result<void> start();
    Result<std::size_t> read(std::span<std::byte> out) override;

  private:
    // Both fill `out`, less only when the entry's bytes end, whatever its size should be.
    Result<std::size_t> decode(std::span<std::byte> out);
    Result<std::size_t> inflate_into(std::span<std::byte> out);
    Result<void> fill_window();
    Result<void> check_end();

    const Fd& m_fd;
    const ZipRecord& m_record;
    const std::string& m_archive;
    bool m_deflated;       // an empty file may be called deflated and have no stream at all
    std::uint64_t m_next;  // compressed bytes from here on are unread
    std::uint64_t m_end;
    std::uint64_t m_left;  // of the entry's size
    uLong m_crc = 0;
    bool m_checked = false;
    std::vector<std::byte> m_window;  // compressed bytes that m_stream takes
    z_stream m_stream = {};
    bool m_stream_ended = false;
};

Result<void> ZipReader::start() {
    if (m_deflated && inflateInit2(&m_stream, -MAX_WBITS) != Z_OK) return out_of_memory(m_archive);
    return {};
}

Result<void> ZipReader::fill_window() {
    m_window.resize(static_cast<std::size_t>(std::min(k_window_bytes, m_end - m_next)));
    BALLAST_CHECK(pread_exact(m_fd, m_window, m_next, m_archive));
    m_next += m_window.size();
    m_stream.next_in = reinterpret_cast<Bytef*>(m_window.data());
    m_stream.avail_in = static_cast<uInt>(m_window.size());
    return {};
}

Result<std::size_t> ZipReader::inflate_into(std::span<std::byte> out) {
    std::size_t filled = 0;
    while (filled < out.size() && !m_stream_ended) {
        if (m_stream.avail_in == 0 && m_next < m_end) BALLAST_CHECK(fill_window());
        const auto room = static_cast<uInt>(std::min<std::uint64_t>(out.size() - filled, k_gib));
        m_stream.next_out = reinterpret_cast<Bytef*>(out.data() + filled);
        m_stream.avail_out = room;
        const int status = ::inflate(&m_stream, Z_NO_FLUSH);
        filled += room - m_stream.avail_out;
        m_stream_ended = status == Z_STREAM_END;
        if (status == Z_MEM_ERROR) return out_of_memory(m_archive);
        if (status != Z_OK && !m_stream_ended) {
            return distrust(m_archive, m_record.name, "its compressed bytes are broken");
        }
    }
    return filled;
}

Result<std::size_t> ZipReader::decode(std::span<std::byte> out) {
    if (m_deflated) return inflate_into(out);
    const auto taken =
        out.first(static_cast<std::size_t>(std::min<std::uint64_t>(out.size(), m_end - m_next)));
    BALLAST_CHECK(pread_exact(m_fd, taken, m_next, m_archive));
    m_next += taken.size();
    return taken.size();
}

Result<void> ZipReader::check_end() {
    m_checked = true;
    std::byte more = {};
    BALLAST_TRY(const std::size_t count, decode({&more, 1}));
    if (count > 0) return distrust(m_archive, m_record.name, "holds more bytes than the directory says");
    if (m_crc != m_record.crc) return distrust(m_archive, m_record.name, "its bytes do not match their CRC");
    return {};
}

Result<std::size_t> ZipReader::read(std::span<std::byte> out) {
    const auto wanted = out.first(static_cast<std::size_t>(std::min<std::uint64_t>(out.size(), m_left)));
    BALLAST_TRY(const std::size_t count, decode(wanted));
    if (count < wanted.size()) {
        return distrust(m_archive, m_record.name, "holds fewer bytes than the directory says");
    }
    m_crc = crc32_z(m_crc, reinterpret_cast<const Bytef*>(wanted.data()), count);
    m_left -= count;
    if (m_left == 0 && !m_checked) BALLAST_CHECK(check_end());
    return count;
}

}  // namespace

Result<std::unique_ptr<FileReader>> open_zip_entry(const Fd& fd, const ZipRecord& record,
                                                   const std::string& archive) {
    auto reader = std::make_unique<ZipReader>(fd, record, archive);
    BALLAST_CHECK(reader->start());
    return reader;
}

}  // namespace ballast
