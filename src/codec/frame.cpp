#include "codec/frame.hpp"

#include <lz4.h>
#include <lz4hc.h>
#include <zstd.h>

#include <cstring>
#include <string>

namespace ballast {

FrameEncoder::FrameEncoder() : m_zstd(ZSTD_createCCtx(), &ZSTD_freeCCtx) {}

Result<std::vector<std::byte>> FrameEncoder::encode(std::span<const std::byte> bytes,
                                                    const EncodeSettings& settings) {
    std::vector<std::byte> out;
    switch (settings.codec) {
        case Codec::raw:
            out.assign(bytes.begin(), bytes.end());
            break;
        case Codec::zstd: {
            out.resize(ZSTD_compressBound(bytes.size()));
            const std::size_t size = ZSTD_compressCCtx(m_zstd.get(), out.data(), out.size(), bytes.data(),
                                                       bytes.size(), settings.level);
            if (ZSTD_isError(size) != 0) {
                return fail(ErrorCode::unavailable, "zstd",
                            std::string("cannot compress: ") + ZSTD_getErrorName(size));
            }
            out.resize(size);
            break;
        }
        case Codec::lz4: {
            const auto size = static_cast<int>(bytes.size());
            out.resize(static_cast<std::size_t>(LZ4_compressBound(size)));
            const auto* from = reinterpret_cast<const char*>(bytes.data());
            auto* to = reinterpret_cast<char*>(out.data());
            const int capacity = static_cast<int>(out.size());
            const int written = settings.level < LZ4HC_CLEVEL_MIN
                                    ? LZ4_compress_default(from, to, size, capacity)
                                    : LZ4_compress_HC(from, to, size, capacity, settings.level);
            if (written <= 0) return fail(ErrorCode::unavailable, "lz4", "cannot compress");
            out.resize(static_cast<std::size_t>(written));
            break;
        }
    }
    out.shrink_to_fit();
    return out;
}

FrameDecoder::FrameDecoder() : m_zstd(nullptr, &ZSTD_freeDCtx) {}

Result<void> FrameDecoder::decode(Codec codec, std::span<const std::byte> compressed,
                                  std::span<std::byte> out, std::string_view name_in_errors) {
    switch (codec) {
        case Codec::raw:
            if (compressed.size() != out.size()) {
                return fail(ErrorCode::corrupt, name_in_errors,
                            "a raw frame's size does not match its content");
            }
            std::memcpy(out.data(), compressed.data(), out.size());
            return {};
        case Codec::zstd: {
            if (!m_zstd) m_zstd.reset(ZSTD_createDCtx());
            const std::size_t size = ZSTD_decompressDCtx(m_zstd.get(), out.data(), out.size(),
                                                         compressed.data(), compressed.size());
            if (ZSTD_isError(size) != 0) {
                return fail(ErrorCode::corrupt, name_in_errors,
                            std::string("cannot decode zstd: ") + ZSTD_getErrorName(size));
            }
            if (size != out.size())
                return fail(ErrorCode::corrupt, name_in_errors, "a zstd frame ends before its content");
            return {};
        }
        case Codec::lz4: {
            const int size = LZ4_decompress_safe(
                reinterpret_cast<const char*>(compressed.data()), reinterpret_cast<char*>(out.data()),
                static_cast<int>(compressed.size()), static_cast<int>(out.size()));
            if (size < 0 || static_cast<std::size_t>(size) != out.size()) {
                return fail(ErrorCode::corrupt, name_in_errors, "cannot decode lz4: malformed block");
            }
            return {};
        }
    }
    return fail(ErrorCode::corrupt, name_in_errors, "unknown codec");
}

}  // namespace ballast
