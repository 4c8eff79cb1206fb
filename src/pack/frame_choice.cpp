#include "pack/frame_choice.hpp"

#include <algorithm>

namespace ballast {
namespace {

// What the wanted level may reach of a quick level's size at best. Measured on the reference tree's
// frames: level 19 takes 0.80 to 1.00 of level 3, at 40 times its time.
constexpr int k_quick_zstd_level = 3;
constexpr double k_best_of_quick = 0.75;

bool saves_enough(std::uint64_t encoded_bytes, std::uint64_t bytes) {
    return encoded_bytes + bytes / 32 < bytes;
}

}  // namespace

FrameChoice FrameChoice::from(const Config& config) {
    FrameChoice choice;
    choice.codec = config.codec;
    if (config.level && config.codec == CodecChoice::zstd) choice.zstd_level = *config.level;
    if (config.level && config.codec == CodecChoice::lz4) choice.lz4_level = *config.level;
    return choice;
}

Result<EncodedFrame> FrameChoice::encode(FrameEncoder& encoder, std::span<const std::byte> bytes) const {
    const bool may_be_zstd =
        codec == CodecChoice::zstd || (codec == CodecChoice::automatic && zstd_threshold <= 1);
    const bool may_be_lz4 =
        codec == CodecChoice::lz4 || (codec == CodecChoice::automatic && zstd_threshold > 0);
    EncodedFrame best;
    SampledFrame sizes{bytes.size(), 0, 0};
    if (may_be_lz4) {
        BALLAST_TRY(best.bytes, encoder.encode(bytes, {Codec::lz4, lz4_level}));
        best.codec = Codec::lz4;
        sizes.lz4_bytes = best.bytes.size();
    }
    bool worth_trying = may_be_zstd;
    if (may_be_zstd && may_be_lz4) {
        // Most frames of a tree that the network carries stay LZ4: a quick look spares them the slow one.
        BALLAST_TRY(const auto quick,
                    encoder.encode(bytes, {Codec::zstd, std::min(k_quick_zstd_level, zstd_level)}));
        sizes.zstd_bytes = static_cast<std::uint64_t>(k_best_of_quick * static_cast<double>(quick.size()));
        worth_trying = prefers_zstd(sizes, zstd_threshold);
    }
    if (worth_trying) {
        BALLAST_TRY(auto by_zstd, encoder.encode(bytes, {Codec::zstd, zstd_level}));
        sizes.zstd_bytes = by_zstd.size();
        if (!may_be_lz4 || prefers_zstd(sizes, zstd_threshold)) best = {Codec::zstd, std::move(by_zstd)};
    }
    if (best.codec == Codec::raw || !saves_enough(best.bytes.size(), bytes.size())) {
        best = {Codec::raw, {bytes.begin(), bytes.end()}};
    }
    return best;
}

Codec FrameChoice::codec_of(const SampledFrame& sizes) const {
    const bool zstd = codec == CodecChoice::zstd ||
                      (codec == CodecChoice::automatic && prefers_zstd(sizes, zstd_threshold));
    if (codec == CodecChoice::raw || !saves_enough(zstd ? sizes.zstd_bytes : sizes.lz4_bytes, sizes.bytes))
        return Codec::raw;
    return zstd ? Codec::zstd : Codec::lz4;
}

Result<SampledFrame> sample_frame(FrameEncoder& encoder, const FrameChoice& choice,
                                  std::span<const std::byte> bytes) {
    BALLAST_TRY(const auto by_zstd, encoder.encode(bytes, {Codec::zstd, choice.zstd_level}));
    BALLAST_TRY(const auto by_lz4, encoder.encode(bytes, {Codec::lz4, choice.lz4_level}));
    return SampledFrame{bytes.size(), by_zstd.size(), by_lz4.size()};
}

}  // namespace ballast
