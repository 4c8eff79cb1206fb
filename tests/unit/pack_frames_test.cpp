// How contents are cut into frames, which codec each gets, and how frames become packs.

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/file.hpp"
#include "pack/codec_model.hpp"
#include "pack/frame_choice.hpp"
#include "pack/frame_plan.hpp"
#include "pack/ordered_encoder.hpp"
#include "pack/pack_builder.hpp"
#include "pack/sampled_frames.hpp"
#include "support/memory_package.hpp"
#include "support/memory_store.hpp"
#include "support/test_version.hpp"

namespace ballast {
namespace {

using test::MemoryStore;
using testing::ElementsAre;

// Contents of these sizes and groups; the nth is the nth entry of a package.
PlannedTree tree_of(const std::vector<std::pair<std::uint64_t, std::uint16_t>>& contents) {
    PlannedTree tree;
    for (const auto& [bytes, group] : contents)
        tree.contents.push_back({{}, bytes, tree.contents.size(), group});
    return tree;
}

std::vector<std::string> cut(const PlannedTree& tree, const std::vector<std::uint32_t>& contents) {
    std::vector<std::string> frames;
    for (const auto& frame : plan_frames(tree, contents, 100)) {
        std::string text;
        for (const auto& piece : frame.pieces) {
            text +=
                fmt::format("{}{}@{}+{}", text.empty() ? "" : " ", piece.content, piece.offset, piece.bytes);
        }
        frames.push_back(text);
    }
    return frames;
}

TEST(FramePlan, SmallOnesShareAFrameAndLargeOnesBeginTheirOwn) {
    EXPECT_THAT(cut(tree_of({{30, 0}, {50, 0}, {40, 0}}), {0, 1, 2}),
                ElementsAre("0@0+30 1@0+50 2@0+20", "2@20+20"));
    EXPECT_THAT(cut(tree_of({{30, 0}, {250, 0}, {40, 0}}), {0, 1, 2}),
                ElementsAre("0@0+30", "1@0+100", "1@100+100", "1@200+50 2@0+40"));
    EXPECT_THAT(cut(tree_of({{30, 0}, {30, 1}, {30, 1}}), {0, 1, 2}), ElementsAre("0@0+30", "1@0+30 2@0+30"));
    EXPECT_THAT(cut(tree_of({{30, 0}, {30, 0}, {30, 0}}), {2, 0}), ElementsAre("2@0+30 0@0+30"));
    EXPECT_TRUE(cut(tree_of({}), {}).empty());
}

TEST(PlannedFrameReader, ReadsInOnePassAndNoticesAFileThatChanged) {
    test::MemoryPackage package;
    const std::string bytes = test::noise(250, 1);
    package.file("a", bytes).file("b", "now another");
    PlannedTree tree = tree_of({{250, 0}, {11, 0}});
    tree.contents[0].digest = sha256(as_bytes(bytes));
    tree.contents[1].digest = sha256(as_bytes("what it was"));
    const auto frames = plan_frames(tree, std::vector<std::uint32_t>{0, 1}, 100);
    PlannedFrameReader reader(package, tree);
    std::string read;
    std::vector<std::byte> out;
    for (std::size_t i = 0; i + 1 < frames.size(); ++i) {
        ASSERT_TRUE(reader.read(frames[i], out));
        read.append(reinterpret_cast<const char*>(out.data()), out.size());
    }
    EXPECT_EQ(read, bytes.substr(0, read.size()));
    const auto changed = reader.read(frames.back(), out);
    ASSERT_FALSE(changed);
    EXPECT_EQ(changed.error().object, "memory: b");
    EXPECT_EQ(changed.error().message, "changed while it was packed");
}

TEST(CodecModel, TakesZstdWhereTheNetworkIsTheLimit) {
    // zstd halves what LZ4 leaves.
    const std::vector<SampledFrame> sample(4, SampledFrame{1 << 20, 200'000, 400'000});
    TimeModel slow_network;
    slow_network.burst_bytes = 0;
    slow_network.base_rate = 1e6;
    EXPECT_TRUE(prefers_zstd(sample[0], choose_zstd_threshold(slow_network, sample, 10)));
    TimeModel slow_cores;
    slow_cores.burst_rate = 1e12;
    slow_cores.zstd_decode_rate = 1e7;
    EXPECT_FALSE(prefers_zstd(sample[0], choose_zstd_threshold(slow_cores, sample, 10)));
}

TEST(CodecModel, TheNetworkHasABurstAndThenABase) {
    TimeModel model;
    model.burst_bytes = 100;
    model.burst_rate = 50;
    model.base_rate = 10;
    EXPECT_DOUBLE_EQ(model.network_seconds(50), 1);
    EXPECT_DOUBLE_EQ(model.network_seconds(200), 12);
}

TEST(FrameChoice, KeepsRawWhatDoesNotCompress) {
    FrameEncoder encoder;
    FrameChoice choice;
    const std::string noise = test::noise(100'000, 1);
    const std::string text(100'000, 'x');
    for (const auto codec : {CodecChoice::zstd, CodecChoice::lz4, CodecChoice::automatic, CodecChoice::raw}) {
        choice.codec = codec;
        EXPECT_EQ(choice.encode(encoder, as_bytes(noise)).value().codec, Codec::raw);
    }
    EXPECT_EQ(choice.encode(encoder, as_bytes(text)).value().bytes.size(), text.size())
        << "raw was asked for";
    choice.codec = CodecChoice::lz4;
    EXPECT_EQ(choice.encode(encoder, as_bytes(text)).value().codec, Codec::lz4);
}

TEST(FrameChoice, AutomaticAsksTheThreshold) {
    FrameEncoder encoder;
    std::string text;
    for (int i = 0; i < 20'000; ++i) text += std::to_string(i * 7919 % 10'007) + "\n";
    FrameChoice choice;
    choice.zstd_level = 3;
    for (const auto& [threshold, codec] : {std::pair(0.0, Codec::zstd), std::pair(0.001, Codec::zstd),
                                           std::pair(0.99, Codec::lz4), std::pair(2.0, Codec::lz4)}) {
        choice.zstd_threshold = threshold;
        EXPECT_EQ(choice.encode(encoder, as_bytes(text)).value().codec, codec) << threshold;
    }
}

TEST(FrameChoice, SaysOfASampleWhatItWouldTake) {
    FrameEncoder encoder;
    std::string text;
    for (int i = 0; i < 20'000; ++i) text += std::to_string(i * 7919 % 10'007) + "\n";
    for (const std::string& bytes : {text, test::noise(100'000, 1)}) {
        FrameChoice choice;
        choice.zstd_level = 3;
        const auto sizes = sample_frame(encoder, choice, as_bytes(bytes)).value();
        for (const auto codec :
             {CodecChoice::zstd, CodecChoice::lz4, CodecChoice::automatic, CodecChoice::raw}) {
            choice.codec = codec;
            for (const double threshold : {0.001, 0.99}) {
                choice.zstd_threshold = threshold;
                EXPECT_EQ(choice.codec_of(sizes), choice.encode(encoder, as_bytes(bytes)).value().codec);
            }
        }
    }
}

TEST(FrameChoice, KeepsRawWhatSavesExactlyOneIn32) {
    FrameChoice choice;
    choice.codec = CodecChoice::lz4;
    EXPECT_EQ(choice.codec_of({3200, 0, 3100}), Codec::raw);
    EXPECT_EQ(choice.codec_of({3200, 0, 3099}), Codec::lz4);
}

TEST(SampledFrames, AreSpreadEvenly) {
    EXPECT_THAT(spread_evenly(4, 12), ElementsAre(0, 3, 6, 9));
    EXPECT_THAT(spread_evenly(16, 3), ElementsAre(0, 1, 2)) << "all where there are no more";
    EXPECT_THAT(spread_evenly(3, 0), testing::IsEmpty());
}

TEST(SampledFrames, TellWhatBothCodecsMakeOfTheFramesChosen) {
    test::MemoryPackage package;
    const std::string noise = test::noise(100, 1);
    const std::string text(100, 'x');
    package.file("a", noise).file("b", text);
    PlannedTree tree = tree_of({{100, 0}, {100, 0}});
    tree.contents[0].digest = sha256(as_bytes(noise));
    tree.contents[1].digest = sha256(as_bytes(text));
    const auto frames = plan_frames(tree, std::vector<std::uint32_t>{0, 1}, 100);
    const std::vector<std::size_t> second = {1};
    const auto sample = sample_frames(package, tree, frames, second, FrameChoice()).value();
    ASSERT_EQ(sample.size(), 1U);
    EXPECT_EQ(sample[0].bytes, 100U);
    EXPECT_LT(sample[0].lz4_bytes, 50U) << "the text, not the noise";
    EXPECT_LT(sample[0].zstd_bytes, 50U);
}

TEST(OrderedEncoder, GivesFramesBackInOrderAndStopsAtAnError) {
    FrameChoice choice;
    choice.codec = CodecChoice::raw;
    std::vector<std::size_t> sizes;
    OrderedEncoder encoder(choice, [&](EncodedFrame&& frame, std::uint32_t) -> Result<void> {
        sizes.push_back(frame.bytes.size());
        if (sizes.size() == 50) return fail(ErrorCode::no_space, "store", "full");
        return {};
    });
    Result<void> result;
    std::size_t submitted = 0;
    while (result && submitted < 1000) result = encoder.submit(std::vector<std::byte>(++submitted));
    if (result) result = encoder.finish();
    ASSERT_FALSE(result);
    EXPECT_EQ(result.error().code, ErrorCode::no_space);
    ASSERT_EQ(sizes.size(), 50U);
    for (std::size_t i = 0; i < sizes.size(); ++i) EXPECT_EQ(sizes[i], i + 1);
}

TEST(PackBuilder, PutsFramesBehindOneAnotherAndClosesFullPacks) {
    MemoryStore store;
    PackBuilder builder(store);
    const auto frame = [](std::size_t size, char byte) {
        return EncodedFrame{Codec::raw, std::vector<std::byte>(size, static_cast<std::byte>(byte))};
    };
    ASSERT_TRUE(builder.add(frame(100, 'a'), 100));
    ASSERT_TRUE(builder.add(frame(50, 'b'), 50));
    for (int i = 0; i < 16; ++i) ASSERT_TRUE(builder.add(frame(4 << 20, 'c'), 4 << 20));
    ASSERT_TRUE(builder.finish());
    ASSERT_TRUE(builder.finish()) << "nothing is left to put";
    ASSERT_EQ(builder.packs().size(), 2U);
    EXPECT_EQ(builder.frames()[1].offset, 116U);
    EXPECT_EQ(builder.frames().back().pack, 1U);
    EXPECT_EQ(builder.frames().back().offset, 16U);
    Store& stored = store;
    const std::string first = read_object(stored, builder.packs()[0].key(), 100 << 20).value();
    EXPECT_EQ(first.substr(0, 16), "ballast pack 1\n\n");
    EXPECT_EQ(sha256(as_bytes(first)), builder.packs()[0].digest);
    EXPECT_EQ(sha256(as_bytes(first.substr(116, 50))), builder.frames()[1].digest);
}

}  // namespace
}  // namespace ballast
