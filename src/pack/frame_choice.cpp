#include "pack/frame_choice.hpp"

namespace ballast {

FrameChoice FrameChoice::from(const Config& config) {
    FrameChoice choice;
    choice.codec = config.codec;
    if (config.level && config.codec == CodecChoice::zstd) choice.zstd_level = *config.level;
    if (config.level && config.codec == CodecChoice::lz4) choice.lz4_level = *config.level;
    return choice;
}

Result<EncodedFrame> FrameChoice::encode(FrameEncoder& encoder, std::span<const std::byte> bytes) const {
    const bool may_be_zstd = codec == CodecChoice::zstd || (codec == CodecChoice::automatic && zstd_threshold <= 1);
    const bool may_be_lz4 = codec == CodecChoice::lz4 || (codec == CodecChoice::automatic && zstd_threshold > 0);
    EncodedFrame best;
    SampledFrame sizes{bytes.size(), 0, 0};
    if (may_be_lz4) {
        BALLAST_TRY(best.bytes, encoder.encode(bytes, {Codec::lz4, lz4_level}));
        best.codec = Codec::lz4;
        sizes.lz4_bytes = best.bytes.size();
    }
    // zstd cannot save a share that LZ4 left less of: no need to try.
    const bool worth_trying = !may_be_lz4 || prefers_zstd({sizes.bytes, 0, sizes.lz4_bytes}, zstd_threshold);
    if (may_be_zstd && worth_trying) {
        BALLAST_TRY(auto by_zstd, encoder.encode(bytes, {Codec::zstd, zstd_level}));
        sizes.zstd_bytes = by_zstd.size();
        if (!may_be_lz4 || prefers_zstd(sizes, zstd_threshold)) best = {Codec::zstd, std::move(by_zstd)};
    }
    if (best.codec == Codec::raw || best.bytes.size() + bytes.size() / 32 >= bytes.size()) {
        best = {Codec::raw, {bytes.begin(), bytes.end()}};
    }
    return best;
}

Result<SampledFrame> sample_frame(FrameEncoder& encoder, const FrameChoice& choice, std::span<const std::byte> bytes) {
    BALLAST_TRY(const auto by_zstd, encoder.encode(bytes, {Codec::zstd, choice.zstd_level}));
    BALLAST_TRY(const auto by_lz4, encoder.encode(bytes, {Codec::lz4, choice.lz4_level}));
    return SampledFrame{bytes.size(), by_zstd.size(), by_lz4.size()};
}

}  // namespace ballast
