// What gc removes, and when it refuses. That it is safe beside pushes: pack_push_gc_test.cpp.

#include "lifecycle/gc.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "format/keys.hpp"
#include "format/lease.hpp"
#include "lifecycle/push_lease.hpp"
#include "support/memory_store.hpp"
#include "support/test_version.hpp"

namespace ballast {
namespace {

using test::file;
using test::MemoryStore;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

class Gc : public testing::Test {
  protected:
    void SetUp() override {
        store_version("a1", "app", "v1", "2026-11-01T00:00:00Z");
        store_version("a2", "app", "v2", "2026-11-02T00:00:00Z");
        store_version("a1", "web", "v1", "2026-11-01T00:00:00Z");  // shares all with app/v1
        store_version("w0", "web", "v0", "2026-10-01T00:00:00Z");
    }

    void store_version(const std::string& bytes, const std::string& name, const std::string& version,
                       const std::string& created) {
        const auto made = test::make_version({file("a", bytes)});
        test::put_pack(m_store, made);
        ASSERT_TRUE(m_store.put_if_absent(manifest_key(made.lock.manifest), as_bytes(made.manifest)));
        const Version record{name,   version, made.lock.tree, 2, made.lock.manifest, made.lock.manifest_bytes,
                             created};
        ASSERT_TRUE(m_store.put_if_absent(version_key(name, version), as_bytes(write_version(record))));
    }

    std::vector<std::string> keys(std::string_view prefix) {
        const auto objects = m_store.list(prefix).value();
        std::vector<std::string> found;
        for (const auto& object : objects) found.push_back(object.key);
        return found;
    }

    void expect_refused(const std::string& object, const std::string& message) {
        const auto before = keys("");
        const auto result = collect_garbage(m_store, m_options);
        ASSERT_FALSE(result);
        EXPECT_EQ(result.error().code, ErrorCode::corrupt);
        EXPECT_THAT(result.error().object, HasSubstr(object));
        EXPECT_THAT(result.error().message, HasSubstr(message));
        EXPECT_THAT(result.error().message, HasSubstr("nothing was removed"));
        EXPECT_FALSE(result.error().hint.empty());
        EXPECT_EQ(keys(""), before);
    }

    MemoryStore m_memory;
    Store& m_store = m_memory;
    GcOptions m_options;
};

TEST_F(Gc, RemovesVersionsThenWhatNobodyNeeds) {
    const auto report = collect_garbage(m_store, m_options).value();
    EXPECT_THAT(keys("versions/"), ElementsAre("versions/app/v2", "versions/web/v1"));
    EXPECT_EQ(report.removed_versions.objects, 2U);
    EXPECT_EQ(report.removed_packs.objects, 1U) << "the pack of app/v1 is that of web/v1, too";
    EXPECT_THAT(keys("packs/"), SizeIs(2));
    EXPECT_THAT(keys("manifests/"), SizeIs(2));
    EXPECT_THAT(keys("gc/"), IsEmpty());
    EXPECT_GT(report.removed_packs.bytes, 0U);
    std::vector<std::string> removals;
    for (const auto& access : m_memory.accesses()) {
        if (access.call == "remove" && !access.key.starts_with("gc/"))
            removals.push_back(access.key.substr(0, access.key.find('/')));
    }
    EXPECT_THAT(removals, ElementsAre("versions", "versions", "manifests", "packs"));
    const auto again = collect_garbage(m_store, m_options).value();
    EXPECT_EQ(again.removed_versions.objects + again.removed_packs.objects, 0U);
}

TEST_F(Gc, ADryRunChangesNothingAndSaysTheSame) {
    const auto before = keys("");
    m_memory.forget_accesses();
    m_options.mode = GcOptions::Mode::dry_run;
    const auto dry = collect_garbage(m_store, m_options).value();
    EXPECT_EQ(keys(""), before);
    for (const auto& access : m_memory.accesses()) {
        EXPECT_THAT(access.call, testing::AnyOf("list", "head", "open_range"));
    }
    m_options.mode = GcOptions::Mode::remove;
    const auto real = collect_garbage(m_store, m_options).value();
    EXPECT_EQ(dry.removed_versions.objects, real.removed_versions.objects);
    EXPECT_EQ(dry.removed_packs.bytes, real.removed_packs.bytes);
    EXPECT_EQ(dry.kept_manifests.bytes, real.kept_manifests.bytes);
}

TEST_F(Gc, OneNameLeavesTheOthersAlone) {
    m_options.retention = {0, {}, "app"};
    ASSERT_TRUE(collect_garbage(m_store, m_options));
    EXPECT_THAT(keys("versions/"), ElementsAre("versions/web/v0", "versions/web/v1"));
    EXPECT_THAT(keys("packs/"), SizeIs(2));
}

TEST_F(Gc, AgeGoesByTheStoresClock) {
    m_options.retention.older_than = std::chrono::hours(24);
    EXPECT_EQ(collect_garbage(m_store, m_options).value().removed_versions.objects, 0U);
    m_memory.backdate(
        "versions/app/v1",
        std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now()) - std::chrono::hours(25));
    EXPECT_EQ(collect_garbage(m_store, m_options).value().removed_versions.objects, 1U);
    EXPECT_FALSE(object_exists(m_store, "versions/app/v1").value());
}

TEST_F(Gc, OrphansGoAndForeignObjectsStay) {
    m_options.retention.keep = 9;
    ASSERT_TRUE(m_store.put_if_absent("packs/" + std::string(64, 'a'), as_bytes("orphan")));
    ASSERT_TRUE(m_store.put_if_absent("manifests/" + std::string(64, 'b'), as_bytes("orphan")));
    ASSERT_TRUE(m_store.put_if_absent("packs/README", as_bytes("not ours")));
    const auto report = collect_garbage(m_store, m_options).value();
    EXPECT_EQ(report.removed_packs.bytes, 6U);
    EXPECT_EQ(report.removed_manifests.objects, 1U);
    EXPECT_TRUE(object_exists(m_store, "packs/README").value());
}

TEST_F(Gc, RefusesWhenItCannotKnowWhatIsNeeded) {
    m_memory.replace("versions/web/broken", "{");
    expect_refused("versions/web/broken", "not a JSON object");
    ASSERT_TRUE(m_store.remove("versions/web/broken"));

    m_memory.replace("leases/" + std::string(64, 'a') + "-1", "{");
    expect_refused("leases/", "not a JSON object");
    ASSERT_TRUE(m_store.remove("leases/" + std::string(64, 'a') + "-1"));

    const std::string newest = manifest_key(test::make_version({file("a", "a2")}).lock.manifest);
    const std::string manifest = read_object(m_store, newest, 1 << 20).value();
    m_memory.replace(newest, "other");
    expect_refused(newest, "does not have the digest that its version names (of app/v2, which stays)");
    ASSERT_TRUE(m_store.remove(newest));
    expect_refused(newest, "the manifest is not there (of app/v2, which stays)");
    m_memory.replace(newest, manifest);
    EXPECT_TRUE(collect_garbage(m_store, m_options));
}

TEST_F(Gc, ADamagedManifestOfWhatGoesIsNoHindrance) {
    m_memory.replace(manifest_key(test::make_version({file("a", "w0")}).lock.manifest), "other");
    EXPECT_TRUE(collect_garbage(m_store, m_options));
    EXPECT_FALSE(object_exists(m_store, "versions/web/v0").value());
}

TEST_F(Gc, SaysWhatAKeptVersionLacks) {
    const std::string pack = test::make_version({file("a", "a2")}).parts.packs[0].key();
    ASSERT_TRUE(m_store.remove(pack));
    EXPECT_THAT(collect_garbage(m_store, m_options).value().lacks, ElementsAre("app/v2: " + pack));
}

TEST_F(Gc, EndedLeasesAndStaleMarksGo) {
    const auto old =
        std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now()) - std::chrono::hours(30);
    // Too old to count, so that nobody asks whether they can be read.
    m_memory.replace("leases/x", "{");
    m_memory.backdate("leases/x", old);
    m_memory.replace("gc/x", "{");
    m_memory.backdate("gc/x", old);
    const auto report = collect_garbage(m_store, m_options).value();
    EXPECT_EQ(report.ended_leases, 1U);
    EXPECT_EQ(report.stale_marks, 1U);
    EXPECT_THAT(keys("leases/"), IsEmpty());
    EXPECT_THAT(keys("gc/"), IsEmpty());
}

TEST_F(Gc, ALeaseProtectsWhatItNames) {
    const auto made = test::make_version({file("a", "w0")});
    Lease lease{"web", "v9", made.lock.manifest, {made.parts.packs[0].digest}, ""};
    {
        const auto held = PushLease::take(m_store, lease);
        ASSERT_TRUE(held);
        const auto report = collect_garbage(m_store, m_options).value();
        EXPECT_EQ(report.leases, 1U);
        EXPECT_EQ(report.versions.back().fate, Fate::pushed_now);
        EXPECT_TRUE(object_exists(m_store, "versions/web/v0").value());
    }
    EXPECT_THAT(keys("leases/"), IsEmpty());
    ASSERT_TRUE(collect_garbage(m_store, m_options));
    EXPECT_FALSE(object_exists(m_store, "versions/web/v0").value());
}

TEST_F(Gc, APushWaitsForTheMarkThatNamesWhatItNeeds) {
    const Digest pack = test::make_version({file("a", "w0")}).parts.packs[0].digest;
    const Lease lease{"web", "v9", Digest(), {pack}, ""};
    auto mark = GcMark::write(m_store, {{}, {}, {pack}, ""}, boot_time).value();
    LeaseOptions options;
    std::chrono::milliseconds slept{0};
    options.sleep = [&](std::chrono::milliseconds time) { slept += time; };
    auto refused = PushLease::take(m_store, lease, options);
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, ErrorCode::unavailable);
    EXPECT_EQ(refused.error().message, "a gc is removing what this push needs: not done after 60 s");
    EXPECT_EQ(slept, std::chrono::seconds(60));
    EXPECT_THAT(keys("leases/"), IsEmpty());

    slept = {};
    options.sleep = [&](std::chrono::milliseconds time) {
        slept += time;
        if (slept > std::chrono::seconds(1)) {
            ASSERT_TRUE(m_store.remove(mark.key()));
        }
    };
    EXPECT_TRUE(PushLease::take(m_store, lease, options));
    EXPECT_LT(slept, std::chrono::seconds(5));

    const auto other = GcMark::write(m_store, {{{"web", "v8"}}, {}, {}, ""}, boot_time).value();
    options.sleep = [](auto) { ADD_FAILURE() << "a mark that names something else is of no concern"; };
    EXPECT_TRUE(PushLease::take(m_store, lease, options));
}

}  // namespace
}  // namespace ballast
