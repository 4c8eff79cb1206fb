#include "format/manifest.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>

#include "support/test_version.hpp"

namespace ballast {
namespace {

using test::directory;
using test::file;
using test::make_version;
using test::noise;
using test::symlink;
using testing::HasSubstr;

test::TestVersion sample() {
    return make_version({directory("bin"), file("bin/gs", noise(200'000, 1), 0755), file("bin/tiny", "x"),
                         directory("lib"), file("lib/a.so", noise(70'000, 2)), symlink("lib/a.so.1", "a.so"),
                         file("lib/same.so", noise(70'000, 2)), directory("var"), file("zero", "")});
}

TEST(Manifest, ReadsBackWhatWasWritten) {
    const auto version = sample();
    const auto manifest = Manifest::parse(version.manifest, "m").value();
    ASSERT_EQ(manifest.entries().size(), 9U);
    const auto* program = manifest.find("bin/gs");
    ASSERT_NE(program, nullptr);
    EXPECT_EQ(program->mode, 0755);
    EXPECT_EQ(manifest.contents()[program->content].bytes, 200'000U);
    EXPECT_EQ(manifest.find("lib/a.so")->content, manifest.find("lib/same.so")->content);
    EXPECT_EQ(manifest.find("lib/a.so.1")->target, "a.so");
    EXPECT_EQ(manifest.find("lib/none"), nullptr);
    EXPECT_EQ(manifest.compute_tree_digest(), manifest.tree());
}

TEST(Manifest, IsTheSameBytesForTheSameParts) {
    EXPECT_EQ(sample().manifest, sample().manifest);
}

TEST(Manifest, FindsTheFramesOfAContent) {
    const auto manifest = Manifest::parse(sample().manifest, "m").value();
    const auto& content = manifest.contents()[manifest.find("bin/gs")->content];
    const auto range = manifest.frames_of(content);
    EXPECT_EQ(range.first, 0U);
    EXPECT_EQ(range.last, 4U);  // 200,000 bytes in frames of 65,536
    const auto empty = manifest.frames_of(manifest.contents()[manifest.find("zero")->content]);
    EXPECT_EQ(empty.first, empty.last);
}

TEST(Manifest, FindsGroupsByName) {
    const auto version =
        make_version({file("a", "1", 0644, 0), file("b", "2", 0644, 1)}, {.groups = {"pdf", "fonts"}});
    const auto manifest = Manifest::parse(version.manifest, "m").value();
    EXPECT_THAT(manifest.find_groups({"fonts", "pdf"}).value(), testing::ElementsAre(1, 0));
    EXPECT_THAT(manifest.find_groups({}).value(), testing::IsEmpty());
    const auto unknown = manifest.find_groups({"pdf", "png"});
    ASSERT_FALSE(unknown);
    EXPECT_EQ(unknown.error().code, ErrorCode::not_found);
    EXPECT_EQ(unknown.error().object, "group 'png'");
    EXPECT_EQ(unknown.error().hint, "its groups: pdf, fonts");
}

TEST(Manifest, TreeDigestDependsOnTheTreeAlone) {
    const auto one = make_version({file("a", noise(100'000, 3))});
    const auto other_frames =
        make_version({file("a", noise(100'000, 3))}, {.frame_bytes = 10'000, .codecs = {Codec::raw}});
    EXPECT_NE(one.lock.manifest, other_frames.lock.manifest);
    EXPECT_EQ(one.lock.tree, other_frames.lock.tree);
    EXPECT_NE(one.lock.tree, make_version({file("a", noise(100'000, 3), 0755)}).lock.tree);
    EXPECT_NE(one.lock.tree, make_version({file("b", noise(100'000, 3))}).lock.tree);
    EXPECT_NE(one.lock.tree, make_version({file("a", noise(100'000, 4))}).lock.tree);
}

// Each rule of docs/format.md, "What a reader checks", broken by itself.
struct Broken {
    const char* rule;
    std::function<void(ManifestParts&)> damage;
    const char* message;
};

class BrokenManifest : public testing::TestWithParam<Broken> {};

TEST_P(BrokenManifest, IsRefusedAsCorrupt) {
    auto version = sample();
    GetParam().damage(version.parts);
    const auto result = Manifest::parse(write_manifest(version.parts), "m");
    ASSERT_FALSE(result);
    EXPECT_EQ(result.error().code, ErrorCode::corrupt);
    EXPECT_THAT(result.error().message, HasSubstr(GetParam().message));
}

INSTANTIATE_TEST_SUITE_P(
    Rules, BrokenManifest,
    testing::Values(
        Broken{"AbsolutePath", [](ManifestParts& m) { m.entries[0].path = "/bin"; },
               "'/bin': the path is absolute"},
        Broken{"ClimbingPath", [](ManifestParts& m) { m.entries[0].path = ".."; }, "the path climbs"},
        Broken{"EmptyComponent", [](ManifestParts& m) { m.entries[1].path = "bin//gs"; }, "empty component"},
        Broken{"DotComponent", [](ManifestParts& m) { m.entries[1].path = "bin/./gs"; }, "'.' component"},
        Broken{"Nul", [](ManifestParts& m) { m.entries[0].path = std::string_view("b\0n", 3); }, "NUL"},
        Broken{"Duplicate", [](ManifestParts& m) { m.entries[2].path = "bin/gs"; },
               "out of order or there twice"},
        Broken{"Order", [](ManifestParts& m) { std::swap(m.entries[1], m.entries[2]); }, "out of order"},
        Broken{"FileBelowFile",
               [](ManifestParts& m) {
                   m.entries[0].kind = EntryKind::file;
                   m.entries[0].content = 0;
               },
               "its parent is not a directory"},
        Broken{"FileBelowSymlink",
               [](ManifestParts& m) {
                   m.entries[0].kind = EntryKind::symlink;
                   m.entries[0].target = "lib";
               },
               "its parent is not a directory"},
        Broken{"MissingParent", [](ManifestParts& m) { m.entries.erase(m.entries.begin()); },
               "its parent is not a directory"},
        Broken{"SetUid", [](ManifestParts& m) { m.entries[1].mode = 04755; }, "more than permission bits"},
        Broken{"Group", [](ManifestParts& m) { m.entries[1].group = 1; }, "its group is not listed"},
        Broken{"Content", [](ManifestParts& m) { m.entries[1].content = 99; }, "its content is not listed"},
        Broken{"AbsoluteLink", [](ManifestParts& m) { m.entries[5].target = "/etc/passwd"; },
               "leads out of the tree"},
        Broken{"ClimbingLink", [](ManifestParts& m) { m.entries[5].target = "../../x"; },
               "leads out of the tree"},
        Broken{"EmptyLink", [](ManifestParts& m) { m.entries[5].target = ""; }, "leads out of the tree"},
        Broken{"LinkToItself", [](ManifestParts& m) { m.entries[5].target = "a.so.1"; },
               "leads out of the tree"},
        Broken{"FramePack", [](ManifestParts& m) { m.frames[0].pack = 7; },
               "frame 0: its pack is not listed"},
        Broken{"FrameEmpty", [](ManifestParts& m) { m.frames[0].bytes = 0; },
               "frame 0: its size is out of bounds"},
        Broken{"FrameHuge", [](ManifestParts& m) { m.frames[0].bytes = (4U << 20U) + 1; },
               "its size is out of bounds"},
        Broken{"FrameCompressedHuge", [](ManifestParts& m) { m.frames[0].compressed_bytes = 1U << 30U; },
               "compressed size"},
        Broken{"FrameOutside", [](ManifestParts& m) { m.frames[0].offset = m.packs[0].bytes - 1; },
               "outside its pack"},
        Broken{"FrameOverflow", [](ManifestParts& m) { m.frames[0].offset = ~0ULL; }, "outside its pack"},
        Broken{"FrameCodec", [](ManifestParts& m) { m.frames[0].codec = static_cast<Codec>(9); },
               "codec 9 is not known"},
        Broken{"RawSizes", [](ManifestParts& m) { m.frames[2].compressed_bytes -= 1; },
               "a raw frame with two sizes"},
        Broken{"ContentStart", [](ManifestParts& m) { m.contents[0].first_frame = 99; },
               "content 0: it starts outside"},
        Broken{"ContentOffset", [](ManifestParts& m) { m.contents[0].offset = 1U << 20U; },
               "content 0: it starts outside"},
        Broken{"ContentEnd", [](ManifestParts& m) { m.contents[0].bytes = 1ULL << 39U; },
               "content 0: it ends outside"},
        Broken{"ContentHuge", [](ManifestParts& m) { m.contents[0].bytes = ~0ULL; }, "larger than any tree"},
        Broken{"NoGroups", [](ManifestParts& m) { m.groups.clear(); }, "number of groups"},
        Broken{"GroupTwice",
               [](ManifestParts& m) {
                   m.groups = {"a", "a"};
               },
               "a group is there twice"},
        Broken{"GroupName", [](ManifestParts& m) { m.groups = {"../x"}; }, "is not a name"}),
    [](const auto& instance) { return instance.param.rule; });

TEST(Manifest, RefusesALinkThatLeavesThroughAnotherLink) {
    const auto parse = [](std::vector<test::TestEntry> entries) {
        ManifestParts parts;
        parts.groups = {"default"};
        for (const auto& entry : entries) {
            parts.entries.push_back({entry.path, entry.target, k_no_content, entry.mode, 0, entry.kind});
        }
        return Manifest::parse(write_manifest(parts), "m").has_value();
    };
    EXPECT_TRUE(parse({directory("a"), symlink("a/up", ".."), symlink("b", "a/up/c")}));
    EXPECT_FALSE(parse({directory("a"), symlink("a/up", ".."), symlink("b", "a/up/../c")}));
    EXPECT_FALSE(parse({symlink("a", "b"), symlink("b", "a")}));
}

TEST(Manifest, EverySampledBitFlipIsRefusedByTheLocksDigestOrHarmless) {
    // The lock's digest decides in use; here the parser alone must survive every flip.
    const auto version = sample();
    for (std::size_t bit = 0; bit < version.manifest.size() * 8; bit += 7) {
        std::string damaged = version.manifest;
        damaged[bit / 8] = static_cast<char>(damaged[bit / 8] ^ (1 << (bit % 8)));
        EXPECT_NE(sha256(as_bytes(damaged)), version.lock.manifest);
        (void)Manifest::parse(std::move(damaged), "m");
    }
}

TEST(Manifest, RefusesTruncationAnywhere) {
    const auto version = sample();
    for (std::size_t size = 0; size < version.manifest.size(); size += 13) {
        const auto result = Manifest::parse(version.manifest.substr(0, size), "m");
        if (!result) {
            EXPECT_EQ(result.error().code, ErrorCode::corrupt);
        }
    }
    EXPECT_FALSE(Manifest::parse("", "m"));
    EXPECT_FALSE(Manifest::parse("not a manifest, but long enough", "m"));
}

}  // namespace
}  // namespace ballast
