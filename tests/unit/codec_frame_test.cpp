#include "codec/frame.hpp"

#include <gtest/gtest.h>

#include <array>

#include "base/file.hpp"
#include "codec/sha256.hpp"

namespace ballast {
namespace {

std::string sample_text(std::size_t size) {
    std::string text;
    while (text.size() < size) text += "frame " + std::to_string(text.size()) + " of a pack; ";
    text.resize(size);
    return text;
}

TEST(Sha256, KnowsTheStandardsVectors) {
    EXPECT_EQ(sha256({}).hex(), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
    EXPECT_EQ(sha256(as_bytes("abc")).hex(),
              "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    Sha256 hash;
    hash.update("a");
    hash.update("bc");
    EXPECT_EQ(hash.finish(), sha256(as_bytes("abc")));
    EXPECT_EQ(hash.finish(), sha256({})) << "finish starts anew";
}

TEST(Digest, ParsesOnlyItsOwnText) {
    const Digest digest = sha256(as_bytes("abc"));
    EXPECT_EQ(Digest::parse(digest.hex(), "d").value(), digest);
    EXPECT_FALSE(Digest::parse(digest.hex().substr(1), "d"));
    EXPECT_FALSE(Digest::parse(std::string(64, 'G'), "d"));
    EXPECT_FALSE(Digest::parse(std::string(64, 'A'), "d"));
}

class FrameCodec : public testing::TestWithParam<EncodeSettings> {};

TEST_P(FrameCodec, GivesBackEveryByte) {
    FrameEncoder encoder;
    FrameDecoder decoder;
    for (const std::size_t size :
         {std::size_t{1}, std::size_t{1000}, std::size_t{1} << 20U, k_max_frame_bytes}) {
        const std::string text = sample_text(size);
        const auto encoded = encoder.encode(as_bytes(text), GetParam()).value();
        EXPECT_LE(encoded.size(), k_max_compressed_bytes);
        std::string out(size, '\0');
        ASSERT_TRUE(
            decoder.decode(GetParam().codec, encoded, std::as_writable_bytes(std::span(out)), "frame"));
        EXPECT_EQ(out, text);
    }
}

TEST_P(FrameCodec, RefusesWhatHoldsMoreOrLess) {
    FrameEncoder encoder;
    FrameDecoder decoder;
    const auto encoded = encoder.encode(as_bytes(sample_text(5000)), GetParam()).value();
    for (const std::size_t size : {4999U, 5001U}) {
        std::vector<std::byte> out(size);
        const auto result = decoder.decode(GetParam().codec, encoded, out, "frame 7");
        ASSERT_FALSE(result) << size;
        EXPECT_EQ(result.error().code, ErrorCode::corrupt);
        EXPECT_EQ(result.error().object, "frame 7");
    }
    std::vector<std::byte> out(5000);
    EXPECT_FALSE(
        decoder.decode(GetParam().codec, std::span(encoded).first(encoded.size() - 1), out, "frame"));
    EXPECT_FALSE(decoder.decode(GetParam().codec, {}, out, "frame"));
}

std::string name_of(const testing::TestParamInfo<EncodeSettings>& instance) {
    constexpr std::array k_names = {"raw", "zstd", "lz4"};
    return k_names.at(static_cast<std::size_t>(instance.param.codec)) + std::to_string(instance.param.level);
}

INSTANTIATE_TEST_SUITE_P(All, FrameCodec,
                         testing::Values(EncodeSettings{Codec::raw, 0}, EncodeSettings{Codec::zstd, 1},
                                         EncodeSettings{Codec::zstd, 19}, EncodeSettings{Codec::lz4, 1},
                                         EncodeSettings{Codec::lz4, 12}),
                         name_of);

}  // namespace
}  // namespace ballast
