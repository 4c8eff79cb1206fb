#include "simulate/input/byte_stream.hpp"

#include <fcntl.h>
#include <unistd.h>
#include <zlib.h>
#include <zstd.h>

#include <algorithm>
#include <cerrno>
#include <vector>

#include "base/fd.hpp"

namespace ballast {
namespace {

constexpr std::size_t k_packed_bytes = std::size_t{256} << 10;

// A file's bytes as they are, of which the first were looked at; or bytes in memory, without a file.
class PlainBytes final : public ByteStream {
  public:
    PlainBytes(Fd fd, std::string name)
        : m_fd(std::move(fd)), m_name(std::move(name)), m_buffer(k_packed_bytes) {}
    PlainBytes(std::string_view bytes, std::string name)
        : m_name(std::move(name)), m_buffer(bytes.begin(), bytes.end()), m_end(bytes.size()) {}

    const std::string& name() const { return m_name; }
    std::string_view rest() const { return {m_buffer.data() + m_begin, m_end - m_begin}; }
    void consume(std::size_t count) { m_begin += count; }

    Result<std::size_t> read(std::span<char> out) override {
        BALLAST_CHECK(fill());
        const std::size_t count = rest().copy(out.data(), out.size());
        consume(count);
        return count;
    }

    // Reads more when all is consumed; false at the end.
    Result<bool> fill() {
        if (m_begin < m_end) return true;
        m_begin = 0;
        m_end = 0;
        return read_more();
    }

    // Reads until there are `count` bytes, or the end.
    Result<std::string_view> peek(std::size_t count) {
        while (m_end < count) {
            BALLAST_TRY(const bool more, read_more());
            if (!more) break;
        }
        return rest();
    }

  private:
    Result<bool> read_more() {
        while (m_fd) {
            const ssize_t count = ::read(m_fd.value(), m_buffer.data() + m_end, m_buffer.size() - m_end);
            if (count < 0 && errno == EINTR) continue;
            if (count < 0) return fail_errno(errno, m_name, "cannot be read");
            m_end += static_cast<std::size_t>(count);
            return count > 0;
        }
        return false;
    }

    Fd m_fd;
    std::string m_name;
    std::vector<char> m_buffer;
    std::size_t m_begin = 0;
    std::size_t m_end = 0;
};

tl::unexpected<Error> ends_early(const std::string& name) {
    return fail(ErrorCode::corrupt, name, "its compressed data ends too early", "copy it again");
}

class GzipBytes final : public ByteStream {
  public:
    explicit GzipBytes(PlainBytes input) : m_input(std::move(input)) {
        // 15 bits of window, and a gzip header.
        m_open = inflateInit2(&m_inflate, 15 + 16) == Z_OK;
    }
    GzipBytes(const GzipBytes&) = delete;
    GzipBytes& operator=(const GzipBytes&) = delete;
    ~GzipBytes() override { inflateEnd(&m_inflate); }

    Result<std::size_t> read(std::span<char> out) override {
        if (!m_open) return fail(ErrorCode::unavailable, m_input.name(), "cannot be unpacked: no memory");
        const std::size_t wanted = std::min<std::size_t>(out.size(), 1U << 30);
        m_inflate.next_out = reinterpret_cast<Bytef*>(out.data());
        m_inflate.avail_out = static_cast<uInt>(wanted);
        while (m_inflate.avail_out == wanted) {
            BALLAST_TRY(const bool more, m_input.fill());
            if (!more) {
                if (m_in_member) return ends_early(m_input.name());
                return std::size_t{0};
            }
            const std::string_view rest = m_input.rest();
            m_inflate.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(rest.data()));
            m_inflate.avail_in = static_cast<uInt>(rest.size());
            m_in_member = true;
            const int status = inflate(&m_inflate, Z_NO_FLUSH);
            m_input.consume(rest.size() - m_inflate.avail_in);
            if (status == Z_STREAM_END) {
                inflateReset(&m_inflate);
                m_in_member = false;
            } else if (status != Z_OK && status != Z_BUF_ERROR) {
                return fail(ErrorCode::corrupt, m_input.name(), "is not whole gzip data", "copy it again");
            }
        }
        return wanted - m_inflate.avail_out;
    }

  private:
    PlainBytes m_input;
    z_stream m_inflate = {};
    bool m_open = false;
    bool m_in_member = false;
};

class ZstdBytes final : public ByteStream {
  public:
    explicit ZstdBytes(PlainBytes input) : m_input(std::move(input)) {
        // Files ask for the window that unpacking needs; more than 128 MB is refused.
        ZSTD_DCtx_setParameter(m_context.get(), ZSTD_d_windowLogMax, 27);
    }

    Result<std::size_t> read(std::span<char> out) override {
        ZSTD_outBuffer unpacked{out.data(), out.size(), 0};
        while (unpacked.pos == 0) {
            BALLAST_TRY(const bool more, m_input.fill());
            const std::string_view rest = m_input.rest();
            ZSTD_inBuffer packed{rest.data(), rest.size(), 0};
            const std::size_t status = ZSTD_decompressStream(m_context.get(), &unpacked, &packed);
            m_input.consume(packed.pos);
            if (ZSTD_isError(status)) {
                return fail(ErrorCode::corrupt, m_input.name(),
                            std::string("is not whole zstd data: ") + ZSTD_getErrorName(status),
                            "copy it again");
            }
            if (!more && unpacked.pos == 0) {
                if (m_in_frame) return ends_early(m_input.name());
                return std::size_t{0};
            }
            m_in_frame = status != 0;
        }
        return unpacked.pos;
    }

  private:
    PlainBytes m_input;
    std::unique_ptr<ZSTD_DCtx, decltype(&ZSTD_freeDCtx)> m_context{ZSTD_createDCtx(), ZSTD_freeDCtx};
    bool m_in_frame = false;
};

Result<std::unique_ptr<ByteStream>> unpacked(PlainBytes input) {
    BALLAST_TRY(const std::string_view first, input.peek(4));
    if (first.starts_with("\x1f\x8b")) return std::make_unique<GzipBytes>(std::move(input));
    if (first.starts_with("\x28\xb5\x2f\xfd")) return std::make_unique<ZstdBytes>(std::move(input));
    return std::make_unique<PlainBytes>(std::move(input));
}

}  // namespace

Result<std::unique_ptr<ByteStream>> open_byte_stream(const std::string& path) {
    const bool is_input = path == "-";
    const std::string name = is_input ? "standard input" : path;
    // Pipes too, as a shell's <(...) names them: waits for their writer.
    Fd file(is_input ? ::dup(STDIN_FILENO) : ::open(path.c_str(), O_RDONLY | O_CLOEXEC));
    if (!file) return fail_errno(errno, name, is_input ? "cannot be read" : "cannot be opened");
    return unpacked(PlainBytes(std::move(file), name));
}

Result<std::unique_ptr<ByteStream>> memory_byte_stream(std::string_view bytes, const std::string& name) {
    return unpacked(PlainBytes(bytes, name));
}

}  // namespace ballast
