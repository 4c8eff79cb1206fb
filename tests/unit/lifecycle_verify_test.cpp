#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/duration.hpp"
#include "lifecycle/verify_version.hpp"
#include "support/memory_store.hpp"
#include "support/test_version.hpp"

namespace ballast {
namespace {

using test::file;
using test::MemoryStore;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;

class VerifyVersion : public testing::Test {
  protected:
    void SetUp() override {
        test::put_pack(m_store, m_made);
        ASSERT_TRUE(m_store.put_if_absent(manifest_key(m_made.lock.manifest), as_bytes(m_made.manifest), {}));
    }

    VersionCheck check(const Sample& sample = {}) {
        const Version version{"app", "v1", m_made.lock.tree, 0, m_made.lock.manifest, 0, ""};
        Progress quiet("", 0, Progress::Output::quiet);
        auto checker = VersionChecker::open(m_store, version, sample).value();
        return checker.run(quiet).value();
    }

    void flip(std::size_t frame) {
        std::string pack = m_made.pack;
        pack[m_made.parts.frames[frame].offset] ^= 1;
        m_store.replace(m_made.parts.packs[0].key(), pack);
    }

    const test::TestVersion m_made =
        test::make_version({file("a", test::noise(300'000, 1)), file("b", test::noise(10'000, 2))});
    const std::string m_pack = m_made.parts.packs[0].key();
    MemoryStore m_store;
};

TEST_F(VerifyVersion, ReadsEveryFrameInFewRequests) {
    m_store.forget_accesses();
    const auto good = check();
    EXPECT_THAT(good.damages, IsEmpty());
    EXPECT_EQ(good.frames, m_made.parts.frames.size());
    EXPECT_EQ(good.checked_frames, good.frames);
    EXPECT_EQ(good.checked_bytes, m_made.pack.size() - 16);
    EXPECT_EQ(good.requests, 1U);
}

TEST_F(VerifyVersion, NamesEveryDamagedFrameAndWhoNeedsIt) {
    flip(4);
    const auto result = check();
    ASSERT_THAT(result.damages, SizeIs(1));
    EXPECT_EQ(result.damages[0].key, m_pack);
    EXPECT_THAT(result.damages[0].what, testing::EndsWith("does not have its digest"));
    EXPECT_EQ(result.damages[0].files, 2U) << "the end of a and all of b lie in it";
    EXPECT_EQ(result.damages[0].first_file, "a");
    EXPECT_EQ(result.checked_frames, result.frames);
}

TEST_F(VerifyVersion, ToleratesNoMissingBytes) {
    m_store.replace(m_pack, m_made.pack.substr(0, m_made.parts.frames[3].offset + 5));
    const auto cut = check();
    ASSERT_THAT(cut.damages, SizeIs(3)) << "the pack's size, and the two frames that are cut off";
    EXPECT_THAT(cut.damages[0].what, testing::StartsWith("has "));
    ASSERT_TRUE(m_store.remove(m_pack));
    const auto absent = check();
    ASSERT_THAT(absent.damages, SizeIs(1));
    EXPECT_EQ(absent.damages[0].what, "is not there");
    EXPECT_EQ(absent.damages[0].files, 2U);
    ASSERT_TRUE(m_store.remove(manifest_key(m_made.lock.manifest)));
    EXPECT_EQ(check().damages.at(0).key, manifest_key(m_made.lock.manifest));
}

TEST_F(VerifyVersion, ASampleIsOfItsSizeAndItsSeedRepeatsIt) {
    Sample sample;
    sample.count = 2;
    std::set<std::uint64_t> bytes;
    for (sample.seed = 0; sample.seed < 8; ++sample.seed) {
        const auto first = check(sample);
        EXPECT_EQ(first.checked_frames, 2U);
        EXPECT_EQ(check(sample).checked_bytes, first.checked_bytes);
        bytes.insert(first.checked_bytes);
    }
    EXPECT_GT(bytes.size(), 1U) << "other seeds choose others";
    sample = parse_sample("1%", "--sample").value();
    EXPECT_EQ(check(sample).checked_frames, 1U);
    sample.count = 1000;
    EXPECT_EQ(check(sample).checked_frames, m_made.parts.frames.size());
}

TEST(Sample, IsAShareOrANumber) {
    EXPECT_EQ(parse_sample("10%", "--sample").value().share, 0.1);
    EXPECT_EQ(parse_sample("200", "--sample").value().count, 200U);
    for (const char* wrong : {"", "0", "0%", "101%", "-1", "1.5", "x", "%", "5 %", "nan%"}) {
        EXPECT_EQ(parse_sample(wrong, "--sample").error().code, ErrorCode::usage) << wrong;
    }
}

}  // namespace
}  // namespace ballast
