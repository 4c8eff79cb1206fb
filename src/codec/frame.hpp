#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "base/result.hpp"

// A frame is what is compressed, fetched, verified and decoded on its own.

struct ZSTD_CCtx_s;
struct ZSTD_DCtx_s;

namespace ballast {

// Stored in manifests; values must not change.
enum class Codec : std::uint8_t { raw = 0, zstd = 1, lz4 = 2 };

// One more than the highest value; manifests with a higher one are refused.
inline constexpr std::uint8_t k_codec_count = 3;

// The most that a frame decodes to. Bounds what one decoding thread needs: part of the format.
inline constexpr std::size_t k_max_frame_bytes = 4U << 20U;

// The most that a frame may take compressed: codecs may grow what does not compress, raw does not.
inline constexpr std::size_t k_max_compressed_bytes = k_max_frame_bytes + (k_max_frame_bytes >> 6U) + 1024;

struct EncodeSettings {
    Codec codec = Codec::zstd;
    int level = 19;  // zstd 1 to 22, lz4 1 to 12 (3 and above are its HC mode); raw ignores it
};

// Compresses frames. Keeps its working memory between frames; one thread at a time.
class FrameEncoder {
  public:
    FrameEncoder();

    // REQUIRES: 0 < bytes.size() <= k_max_frame_bytes. The same bytes and settings give the same
    // result with the same library versions. May be larger than `bytes`; the caller then takes raw.
    Result<std::vector<std::byte>> encode(std::span<const std::byte> bytes, const EncodeSettings& settings);

  private:
    std::unique_ptr<ZSTD_CCtx_s, std::size_t (*)(ZSTD_CCtx_s*)> m_zstd;
};

// Decompresses frames. One thread at a time.
class FrameDecoder {
  public:
    FrameDecoder();

    // Fills exactly `out`. Errors: corrupt, naming `name_in_errors`, when the frame is broken or holds more
    // or less.
    Result<void> decode(Codec codec, std::span<const std::byte> compressed, std::span<std::byte> out,
                        std::string_view name_in_errors);

  private:
    std::unique_ptr<ZSTD_DCtx_s, std::size_t (*)(ZSTD_DCtx_s*)> m_zstd;  // made by the first frame
};

}  // namespace ballast
