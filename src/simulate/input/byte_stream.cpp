#include "simulate/input/byte_stream.hpp"

#include <fcntl.h>
#include <unistd.h>
#include <zlib.h>
#include <zstd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <vector>

#include "base/fd.hpp"

namespace ballast {
namespace {

constexpr std::size_t k_packed_bytes = std::size_t{256} << 10;

class FileBytes final : public ByteStream {
  public:
    FileBytes(Fd fd, std::string name) : m_fd(std::move(fd)), m_name(std::move(name)) {}

    Result<std::size_t> read(std::span<char> out) override {
        for (;;) {
            const ssize_t count = ::read(m_fd.value(), out.data(), out.size());
            if (count >= 0) return static_cast<std::size_t>(count);
            if (errno != EINTR) return fail_errno(errno, m_name, "cannot be read");
        }
    }

  private:
    Fd m_fd;
    std::string m_name;
};

class MemoryBytes final : public ByteStream {
  public:
    explicit MemoryBytes(std::string_view bytes) : m_bytes(bytes) {}

    Result<std::size_t> read(std::span<char> out) override {
        const std::size_t count = std::min(out.size(), m_bytes.size());
        std::copy_n(m_bytes.data(), count, out.data());
        m_bytes.remove_prefix(count);
        return count;
    }

  private:
    std::string_view m_bytes;
};

// What is being unpacked: a stream whose first bytes were looked at, read again from the front.
class PackedInput {
  public:
    PackedInput(std::unique_ptr<ByteStream> from, std::string name)
        : m_from(std::move(from)), m_name(std::move(name)), m_buffer(k_packed_bytes) {}

    const std::string& name() const { return m_name; }
    std::string_view rest() const { return {m_buffer.data() + m_begin, m_end - m_begin}; }
    void consume(std::size_t count) { m_begin += count; }

    // Reads more when all is consumed; false at the end.
    Result<bool> fill() {
        if (m_begin < m_end) return true;
        m_begin = 0;
        BALLAST_TRY(m_end, m_from->read(m_buffer));
        return m_end > 0;
    }

    // Reads until there are `count` bytes, or the end.
    Result<std::string_view> peek(std::size_t count) {
        while (m_end < count) {
            BALLAST_TRY(const std::size_t more, m_from->read(std::span(m_buffer).subspan(m_end)));
            if (more == 0) break;
            m_end += more;
        }
        return rest();
    }

  private:
    std::unique_ptr<ByteStream> m_from;
    std::string m_name;
    std::vector<char> m_buffer;
    std::size_t m_begin = 0;
    std::size_t m_end = 0;
};

class PlainBytes final : public ByteStream {
  public:
    explicit PlainBytes(PackedInput input) : m_input(std::move(input)) {}

    Result<std::size_t> read(std::span<char> out) override {
        BALLAST_TRY(const bool more, m_input.fill());
        if (!more) return std::size_t{0};
        const std::string_view rest = m_input.rest();
        const std::size_t count = std::min(out.size(), rest.size());
        std::copy_n(rest.data(), count, out.data());
        m_input.consume(count);
        return count;
    }

  private:
    PackedInput m_input;
};

tl::unexpected<Error> ends_early(const std::string& name) {
    return fail(ErrorCode::corrupt, name, "its compressed data ends too early", "copy it again");
}

class GzipBytes final : public ByteStream {
  public:
    explicit GzipBytes(PackedInput input) : m_input(std::move(input)) {
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
    PackedInput m_input;
    z_stream m_inflate = {};
    bool m_open = false;
    bool m_in_member = false;
};

class ZstdBytes final : public ByteStream {
  public:
    explicit ZstdBytes(PackedInput input) : m_input(std::move(input)), m_context(ZSTD_createDCtx()) {
        // Files ask for the window that unpacking needs; more than 128 MB is refused.
        ZSTD_DCtx_setParameter(m_context, ZSTD_d_windowLogMax, 27);
    }
    ZstdBytes(const ZstdBytes&) = delete;
    ZstdBytes& operator=(const ZstdBytes&) = delete;
    ~ZstdBytes() override { ZSTD_freeDCtx(m_context); }

    Result<std::size_t> read(std::span<char> out) override {
        ZSTD_outBuffer unpacked{out.data(), out.size(), 0};
        while (unpacked.pos == 0) {
            BALLAST_TRY(const bool more, m_input.fill());
            const std::string_view rest = m_input.rest();
            ZSTD_inBuffer packed{rest.data(), rest.size(), 0};
            const std::size_t status = ZSTD_decompressStream(m_context, &unpacked, &packed);
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
    PackedInput m_input;
    ZSTD_DCtx* m_context;
    bool m_in_frame = false;
};

Result<std::unique_ptr<ByteStream>> unpacked(std::unique_ptr<ByteStream> from, const std::string& name) {
    PackedInput input(std::move(from), name);
    BALLAST_TRY(const std::string_view first, input.peek(4));
    if (first.starts_with("\x1f\x8b")) return std::make_unique<GzipBytes>(std::move(input));
    if (first.starts_with("\x28\xb5\x2f\xfd")) return std::make_unique<ZstdBytes>(std::move(input));
    return std::make_unique<PlainBytes>(std::move(input));
}

}  // namespace

Result<std::unique_ptr<ByteStream>> open_byte_stream(const std::string& path) {
    if (path == "-") {
        Fd input(::dup(STDIN_FILENO));
        if (!input) return fail_errno(errno, "standard input", "cannot be read");
        return unpacked(std::make_unique<FileBytes>(std::move(input), "standard input"), "standard input");
    }
    // Pipes too, as a shell's <(...) names them: waits for their writer.
    Fd file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
    if (!file) return fail_errno(errno, path, "cannot be opened");
    return unpacked(std::make_unique<FileBytes>(std::move(file), path), path);
}

Result<std::unique_ptr<ByteStream>> memory_byte_stream(std::string_view bytes, const std::string& name) {
    return unpacked(std::make_unique<MemoryBytes>(bytes), name);
}

}  // namespace ballast
