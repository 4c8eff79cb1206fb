#pragma once

#include <span>
#include <vector>

#include "base/result.hpp"
#include "codec/frame.hpp"
#include "config/config.hpp"
#include "pack/codec_model.hpp"

namespace ballast {

inline constexpr int k_default_zstd_level = 19;
inline constexpr int k_default_lz4_level = 12;

struct EncodedFrame {
    Codec codec = Codec::raw;
    std::vector<std::byte> bytes;
};

// Which codec a frame gets: the configured one, or, on automatic, zstd where it saves at least the
// threshold's share over LZ4. Either way raw, where the codec saves less than 1/32.
struct FrameChoice {
    CodecChoice codec = CodecChoice::automatic;
    int zstd_level = k_default_zstd_level;
    int lz4_level = k_default_lz4_level;
    double zstd_threshold = 0;  // see choose_zstd_threshold

    static FrameChoice from(const Config& config);

    Result<EncodedFrame> encode(FrameEncoder& encoder, std::span<const std::byte> bytes) const;

    // What encode() takes for a frame that both codecs made this of.
    Codec codec_of(const SampledFrame& sizes) const;
};

// Both codecs' results for one frame, to sample.
Result<SampledFrame> sample_frame(FrameEncoder& encoder, const FrameChoice& choice,
                                  std::span<const std::byte> bytes);

}  // namespace ballast
