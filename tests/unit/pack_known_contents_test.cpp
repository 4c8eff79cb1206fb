#include "pack/known_contents.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "format/keys.hpp"
#include "support/packed_version.hpp"
#include "support/test_version.hpp"

namespace ballast {
namespace {

using test::MemoryStore;

using test::pack_version;
using testing::SizeIs;

const std::string k_shared = test::noise(100'000, 1);

class Known : public testing::Test {
  protected:
    void SetUp() override { ASSERT_TRUE(test::push(m_first, m_store)); }

    MemoryStore m_store;
    const test::PackedVersion m_first =
        pack_version({{"a", k_shared}, {"b", test::noise(50'000, 2)}}, "app", "v1", m_store);
};

TEST_F(Known, FindsWhatTheFamilyHas) {
    const auto known = KnownContents::read(m_store, "app").value();
    EXPECT_TRUE(known.find(sha256(as_bytes(k_shared))));
    EXPECT_FALSE(known.find(sha256(as_bytes("new"))));
    EXPECT_THAT(KnownContents::read(m_store, "ap").value().manifests(), SizeIs(0));
    EXPECT_THAT(KnownContents::read(m_store, "app", 0).value().manifests(), SizeIs(0));
}

TEST_F(Known, PassesOverAVersionThatIsGoingAndRefusesADamagedOne) {
    const std::string key = manifest_key(m_first.lock.manifest);
    m_store.replace(key, "other");
    const auto damaged = KnownContents::read(m_store, "app");
    ASSERT_FALSE(damaged);
    EXPECT_EQ(damaged.error().code, ErrorCode::corrupt);
    EXPECT_EQ(damaged.error().hint, "remove the version, or pack with --repack");
    ASSERT_TRUE(m_store.remove(key));
    EXPECT_THAT(KnownContents::read(m_store, "app").value().manifests(), SizeIs(0));
}

TEST_F(Known, OnlyWhatIsNewIsPackedAndPushed) {
    const std::string fresh = test::noise(20'000, 3);
    const auto second = pack_version({{"a", k_shared}, {"c", fresh}}, "app", "v2", m_store);
    EXPECT_THAT(test::keys(*second.staging, "packs/"), SizeIs(1));
    m_store.forget_accesses();
    const auto report = test::push(second, m_store).value();
    EXPECT_EQ(report.packs_sent, 1U);
    EXPECT_EQ(report.packs_there, 1U);
    EXPECT_LT(report.bytes_sent, fresh.size() + 3'000);
    for (const auto& access : m_store.accesses()) {
        EXPECT_FALSE(access.call == "open_range" && access.key.starts_with("packs/"))
            << "a push reads no pack";
    }
    EXPECT_TRUE(test::damages(m_store).empty());
}

TEST_F(Known, TheSameTreeTakesTheStoredManifest) {
    const auto again = pack_version({{"a", k_shared}, {"b", test::noise(50'000, 2)}}, "app", "v1", m_store);
    EXPECT_EQ(again.manifest, m_first.manifest);
    const auto report = test::push(again, m_store).value();
    EXPECT_EQ(report.bytes_sent, 0U);
    EXPECT_TRUE(report.version_was_there);
    auto other = pack_version({{"a", "other"}}, "app", "v1", m_store);
    const auto refused = test::push(other, m_store);
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, ErrorCode::check_failed);
    EXPECT_THAT(test::keys(m_store, "leases/"), SizeIs(0));
}

TEST_F(Known, APackThatIsNeitherStoredNorStagedIsSaid) {
    const auto second = pack_version({{"a", k_shared}, {"c", "new"}}, "app", "v2", m_store);
    ASSERT_TRUE(m_store.remove(m_first.parsed().packs()[0].key()));
    const auto missing = test::push(second, m_store);
    ASSERT_FALSE(missing);
    EXPECT_EQ(missing.error().code, ErrorCode::not_found);
    EXPECT_EQ(missing.error().hint, "run 'ballast pack' again");
    EXPECT_THAT(test::keys(m_store, "versions/"), SizeIs(1));
}

TEST_F(Known, AStagedPackThatIsDamagedIsNotSent) {
    const auto second = pack_version({{"c", "new"}}, "app", "v2", m_store);
    second.staging->replace(second.parsed().packs()[0].key(), "other");
    EXPECT_EQ(test::push(second, m_store).error().message, "the staged pack is damaged");
}

}  // namespace
}  // namespace ballast
