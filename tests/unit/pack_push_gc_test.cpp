// Pushes and gcs of one store, one inside the other at every call, and each killed at every call: whatever
// can be seen afterwards is whole, and the next push or gc ends right.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "format/keys.hpp"
#include "lifecycle/gc.hpp"
#include "support/hook_store.hpp"
#include "support/packed_version.hpp"
#include "support/test_version.hpp"

namespace ballast {
namespace {

using test::MemoryStore;

using test::damages;
using test::HookStore;
using test::keys;
using test::pack_version;
using test::PackedVersion;
using test::push;
using testing::AnyOf;
using testing::Contains;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;
using testing::StartsWith;

constexpr std::size_t k_most_calls = 400;  // more than any push or gc here makes

// When a version was pushed, as its record and the store say.
void date(MemoryStore& store, const std::string& version, const std::string& created) {
    const std::string key = version_key("app", version);
    Version record = parse_version(read_object(store, key, k_max_version_bytes).value(), key).value();
    record.created = created;
    store.replace(key, write_version(record));
}

StoreTime ago(std::chrono::seconds age) {
    return std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now()) - age;
}

void age_all(MemoryStore& store, std::string_view prefix, std::chrono::seconds age) {
    for (const auto& key : keys(store, prefix)) store.backdate(key, ago(age));
}

GcOptions keep(std::size_t count) {
    GcOptions options;
    options.retention.keep = count;
    return options;
}

// Versions v1 (old) and v2 of a store, and a third that a push is to write.
struct Scene {
    std::unique_ptr<MemoryStore> store = std::make_unique<MemoryStore>();
    PackedVersion pushed;
};

using Files = std::map<std::string, std::string>;
const Files k_first = {{"a", test::noise(150'000, 1)}, {"b", test::noise(20'000, 2)}};
const Files k_second = {{"c", test::noise(90'000, 3)}};

Scene two_versions() {
    Scene scene;
    const auto v1 = pack_version(k_first, "app", "v1", *scene.store);
    EXPECT_TRUE(push(v1, *scene.store));
    date(*scene.store, "v1", "2026-01-01T00:00:00Z");
    const auto v2 = pack_version(k_second, "app", "v2", *scene.store);
    EXPECT_TRUE(push(v2, *scene.store));
    date(*scene.store, "v2", "2026-01-02T00:00:00Z");
    return scene;
}

// v3 refers to packs of v1, which gc is to remove, and has one of its own.
Scene refers_to_old_packs() {
    Scene scene = two_versions();
    scene.pushed =
        pack_version({{"a", k_first.at("a")}, {"d", test::noise(70'000, 4)}}, "app", "v3", *scene.store);
    EXPECT_THAT(scene.pushed.parsed().packs(), SizeIs(2));
    return scene;
}

// A push of v3 was interrupted after its packs: they are orphans, and will be "already there".
Scene resumes_with_orphans() {
    Scene scene = two_versions();
    MemoryStore empty;
    scene.pushed = pack_version({{"d", test::noise(70'000, 4)}}, "app", "v3", empty);
    const Manifest manifest = scene.pushed.parsed();
    for (const auto& pack : manifest.packs()) {
        const auto bytes = read_object(*scene.pushed.staging, pack.key(), 1 << 20).value();
        EXPECT_TRUE(scene.store->put_if_absent(pack.key(), as_bytes(bytes), {}));
    }
    return scene;
}

// v1, which gc is to remove, is pushed once more, as by a rollback.
Scene repeats_old_version() {
    Scene scene = two_versions();
    MemoryStore empty;
    scene.pushed = pack_version(k_first, "app", "v1", empty);
    return scene;
}

// As before, but gc would remove v3 at once: another version's date lies in the future.
Scene is_old_at_once() {
    Scene scene = resumes_with_orphans();
    date(*scene.store, "v2", "2199-01-01T00:00:00Z");
    return scene;
}

struct Case {
    const char* name;
    Scene (*make)();
    bool all_staged;     // so that a push can always be repeated
    bool stays = false;  // what is pushed is the newest version
};

void PrintTo(const Case& scene, std::ostream* out) {
    *out << scene.name;
}

class PushAndGc : public testing::TestWithParam<Case> {
  protected:
    static void expect_pushed(Scene& scene, const std::string& where) {
        const auto& lock = scene.pushed.lock;
        EXPECT_THAT(keys(*scene.store, "versions/"), Contains(version_key(lock.name, lock.version))) << where;
    }
    // What is left when nothing is under way is what the versions need, and nothing besides.
    static void expect_nothing_leaked(MemoryStore& store, const std::string& where) {
        EXPECT_THAT(damages(store), IsEmpty()) << where;
        EXPECT_THAT(keys(store, "leases/"), IsEmpty()) << where;
        EXPECT_THAT(keys(store, "gc/"), IsEmpty()) << where;
        std::set<std::string> needed;
        const auto versions = read_versions(store, "app").value();
        for (const auto& version : versions) {
            needed.insert(manifest_key(version.manifest));
            const auto manifest = read_manifest(store, version).value();
            for (const auto& pack : manifest.packs()) needed.insert(pack.key());
        }
        for (const auto* prefix : {"manifests/", "packs/"}) {
            for (const auto& key : keys(store, prefix)) EXPECT_TRUE(needed.contains(key)) << key << where;
        }
    }
};

TEST_P(PushAndGc, AGcAtEveryCallOfAPushDoesNoHarm) {
    std::size_t call = 0;
    for (; call < k_most_calls; ++call) {
        Scene scene = GetParam().make();
        HookStore hooked(*scene.store);
        bool ran = false;
        hooked.before(call, [&] {
            ran = true;
            EXPECT_TRUE(collect_garbage(*scene.store, keep(1)));
            EXPECT_THAT(damages(*scene.store), IsEmpty());
        });
        const auto result = push(scene.pushed, hooked);
        const std::string where = "gc before call " + std::to_string(call) + " of push";
        EXPECT_THAT(damages(*scene.store), IsEmpty()) << where;
        if (call > 0 || GetParam().all_staged) {
            ASSERT_TRUE(result) << where << ": " << result.error().object << result.error().message;
        } else {
            // Before the lease, the packs of v1 were nobody's.
            ASSERT_FALSE(result) << where;
            EXPECT_EQ(result.error().code, ErrorCode::not_found);
            EXPECT_EQ(result.error().hint, "run 'ballast pack' again");
        }
        if (result) {
            expect_pushed(scene, where);
            // And no gc takes it away that began before.
            EXPECT_TRUE(collect_garbage(*scene.store, keep(2)));
            EXPECT_THAT(damages(*scene.store), IsEmpty()) << where;
        }
        if (!ran) break;
    }
    EXPECT_GT(call, 10U);
    EXPECT_LT(call, k_most_calls);
}

TEST_P(PushAndGc, APushAtEveryCallOfAGcDoesNoHarm) {
    std::size_t call = 0;
    std::size_t waited = 0;
    std::size_t pushed = 0;
    for (; call < k_most_calls; ++call) {
        Scene scene = GetParam().make();
        HookStore hooked(*scene.store);
        bool ran = false;
        std::optional<Result<PushReport>> result;
        hooked.before(call, [&] {
            ran = true;
            result = push(scene.pushed, *scene.store);
        });
        const auto collected = collect_garbage(hooked, keep(1));
        const std::string where = "push before call " + std::to_string(call) + " of gc";
        ASSERT_TRUE(collected) << where << collected.error().message;
        EXPECT_THAT(damages(*scene.store), IsEmpty()) << where;
        if (!ran) break;
        if (*result) {
            ++pushed;
            if (GetParam().stays) expect_pushed(scene, where);
        } else if (result->error().code == ErrorCode::unavailable) {
            ++waited;
            EXPECT_THAT(result->error().message, HasSubstr("a gc is removing what this push needs"));
        } else {
            EXPECT_EQ(result->error().code, ErrorCode::not_found) << where;
            EXPECT_FALSE(GetParam().all_staged) << where;
        }
        // Afterwards it can be repeated where all is staged.
        const auto again = push(scene.pushed, *scene.store);
        if (GetParam().all_staged || *result) {
            EXPECT_TRUE(again) << where << again.error().message;
        }
        EXPECT_THAT(damages(*scene.store), IsEmpty()) << where;
        EXPECT_TRUE(collect_garbage(*scene.store, keep(1)));
        expect_nothing_leaked(*scene.store, where);
    }
    EXPECT_GT(pushed, 5U);
    EXPECT_GT(waited, 3U);
    EXPECT_LT(call, k_most_calls);
}

TEST_P(PushAndGc, APushKilledAtAnyCallDoesNoHarm) {
    for (const auto last : {HookStore::LastCall::not_done, HookStore::LastCall::done}) {
        for (std::size_t call = 0; call < k_most_calls; ++call) {
            Scene scene = GetParam().make();
            HookStore killed(*scene.store);
            killed.kill_at(call, last);
            const bool whole = push(scene.pushed, killed).has_value();
            const std::string where = "push killed at call " + std::to_string(call);
            EXPECT_THAT(damages(*scene.store), IsEmpty()) << where;
            const auto again = push(scene.pushed, *scene.store);
            ASSERT_TRUE(again) << where << again.error().message;
            expect_pushed(scene, where);
            age_all(*scene.store, "leases/", std::chrono::hours(25));
            EXPECT_TRUE(collect_garbage(*scene.store, keep(9)));
            expect_nothing_leaked(*scene.store, where);
            expect_pushed(scene, where);
            if (whole && killed.calls() <= call) break;
        }
    }
}

TEST_P(PushAndGc, AGcKilledAtAnyCallDoesNoHarm) {
    for (const auto last : {HookStore::LastCall::not_done, HookStore::LastCall::done}) {
        for (std::size_t call = 0; call < k_most_calls; ++call) {
            Scene scene = GetParam().make();
            HookStore killed(*scene.store);
            killed.kill_at(call, last);
            const bool whole = collect_garbage(killed, keep(1)).has_value();
            const std::string where = "gc killed at call " + std::to_string(call);
            EXPECT_THAT(damages(*scene.store), IsEmpty()) << where;
            EXPECT_THAT(keys(*scene.store, "versions/"), Contains("versions/app/v2")) << where;
            // A push that comes while the mark is fresh is told to wait, or needs nothing that it names.
            const auto early = push(scene.pushed, *scene.store);
            EXPECT_THAT(damages(*scene.store), IsEmpty()) << where;
            age_all(*scene.store, "gc/", std::chrono::hours(2));
            const auto stale = push(scene.pushed, *scene.store);
            if (!early && early.error().code == ErrorCode::unavailable) {
                ASSERT_FALSE(stale) << where;
                EXPECT_THAT(stale.error().hint, StartsWith("run 'ballast gc'")) << where;
            }
            const auto next = collect_garbage(*scene.store, keep(1));
            ASSERT_TRUE(next) << where << next.error().message;
            expect_nothing_leaked(*scene.store, where);
            const auto after = push(scene.pushed, *scene.store);
            if (GetParam().all_staged) {
                EXPECT_TRUE(after) << where << after.error().message;
            }
            EXPECT_THAT(damages(*scene.store), IsEmpty()) << where;
            if (whole && killed.calls() <= call) break;
        }
    }
}

INSTANTIATE_TEST_SUITE_P(Scenes, PushAndGc,
                         testing::Values(Case{"refers_to_old_packs", refers_to_old_packs, false, true},
                                         Case{"resumes_with_orphans", resumes_with_orphans, true, true},
                                         Case{"repeats_old_version", repeats_old_version, true},
                                         Case{"is_old_at_once", is_old_at_once, true}),
                         [](const auto& instance) { return instance.param.name; });

TEST(TwoGcs, AreHarmlessAtEveryCall) {
    for (const std::size_t outer : {1U, 2U}) {
        for (std::size_t call = 0; call < k_most_calls; ++call) {
            Scene scene = refers_to_old_packs();
            ASSERT_TRUE(push(scene.pushed, *scene.store));
            HookStore hooked(*scene.store);
            bool ran = false;
            hooked.before(call, [&] {
                ran = true;
                EXPECT_TRUE(collect_garbage(*scene.store, keep(3 - outer)));
            });
            const auto result = collect_garbage(hooked, keep(outer));
            ASSERT_TRUE(result) << call << result.error().message;
            EXPECT_THAT(damages(*scene.store), IsEmpty()) << call;
            EXPECT_THAT(keys(*scene.store, "versions/"), Contains("versions/app/v3")) << call;
            EXPECT_THAT(keys(*scene.store, "gc/"), IsEmpty()) << call;
            if (!ran) break;
        }
    }
}

// The number of the nth call that begins like that.
std::size_t call_of(const std::vector<std::string>& log, const std::string& call, std::size_t nth = 0) {
    for (std::size_t i = 0; i < log.size(); ++i) {
        if (log[i].starts_with(call) && nth-- == 0) return i;
    }
    ADD_FAILURE() << call;
    return 0;
}

std::vector<std::string> log_of_push(const Scene& scene) {
    HookStore logged(*scene.store);
    EXPECT_TRUE(push(scene.pushed, logged));
    return logged.log();
}

std::vector<std::string> log_of_gc(const Scene& scene) {
    HookStore logged(*scene.store);
    EXPECT_TRUE(collect_garbage(logged, keep(1)));
    return logged.log();
}

TEST(PushOrder, LeaseFirstThenMarksPacksManifestVersion) {
    const auto log = log_of_push(refers_to_old_packs());
    const std::vector<std::string> order = {"put_if_absent leases/",
                                            "list gc/",
                                            "head packs/",
                                            "put_if_absent packs/",
                                            "put_if_absent manifests/",
                                            "put_if_absent versions/",
                                            "remove leases/"};
    for (std::size_t i = 1; i < order.size(); ++i) {
        EXPECT_LT(call_of(log, order[i - 1]), call_of(log, order[i])) << order[i];
    }
    // The lease is renewed before the version is written, and confirmed after.
    const auto version = call_of(log, "put_if_absent versions/");
    EXPECT_LT(call_of(log, "put_if_absent leases/", 1), version);
    EXPECT_EQ(log.at(version + 1).substr(0, 12), "head leases/");
}

TEST(EndedLease, APushThatTookTooLongWritesNoVersion) {
    const auto renewal = call_of(log_of_push(refers_to_old_packs()), "put_if_absent leases/", 1);
    for (const bool collected : {true, false}) {
        Scene scene = refers_to_old_packs();
        HookStore slow(*scene.store);
        slow.before(renewal, [&] {
            age_all(*scene.store, "leases/", collected ? std::chrono::hours(25) : std::chrono::hours(13));
            if (collected) {
                EXPECT_EQ(collect_garbage(*scene.store, keep(1)).value().ended_leases, 1U);
            }
        });
        const auto result = push(scene.pushed, slow);
        ASSERT_FALSE(result);
        EXPECT_EQ(result.error().code, ErrorCode::unavailable);
        EXPECT_THAT(result.error().message, HasSubstr("its lease has ended"));
        EXPECT_EQ(result.error().hint, "push again");
        EXPECT_FALSE(object_exists(*scene.store, "versions/app/v3").value());
        EXPECT_THAT(damages(*scene.store), IsEmpty());
    }
}

TEST(EndedLease, APushThatStoodStillBeforeItsVersionSaysSo) {
    // Both leases end between the last look and the version's record: the push must not call it stored.
    const auto new_files = [] {
        Scene scene = two_versions();
        MemoryStore empty;
        scene.pushed = pack_version({{"d", test::noise(70'000, 4)}}, "app", "v3", empty);
        return scene;
    };
    Scene scene = new_files();
    HookStore slow(*scene.store);
    slow.before(call_of(log_of_push(new_files()), "put_if_absent versions/"), [&] {
        age_all(*scene.store, "leases/", std::chrono::hours(25));
        EXPECT_EQ(collect_garbage(*scene.store, keep(1)).value().ended_leases, 2U);
    });
    const auto result = push(scene.pushed, slow);
    ASSERT_FALSE(result);
    EXPECT_EQ(result.error().hint, "push again");
    EXPECT_TRUE(push(scene.pushed, *scene.store));
    EXPECT_THAT(damages(*scene.store), IsEmpty());
}

TEST(EndedLease, OneOfAKilledPushProtectsForTheGraceTime) {
    Scene scene = refers_to_old_packs();
    HookStore killed(*scene.store);
    killed.kill_at(call_of(log_of_push(refers_to_old_packs()), "put_if_absent manifests/"));
    ASSERT_FALSE(push(scene.pushed, killed));
    ASSERT_THAT(keys(*scene.store, "leases/"), SizeIs(1));
    const auto packs = keys(*scene.store, "packs/");
    auto report = collect_garbage(*scene.store, keep(1)).value();
    EXPECT_EQ(report.leases, 1U);
    EXPECT_EQ(report.removed_packs.objects, 0U);
    EXPECT_EQ(keys(*scene.store, "packs/"), packs);
    ASSERT_TRUE(push(scene.pushed, *scene.store)) << "what it referred to is there to go on with";
    age_all(*scene.store, "leases/", std::chrono::hours(2));
    auto options = keep(1);
    options.grace = std::chrono::hours(1);
    report = collect_garbage(*scene.store, options).value();
    EXPECT_EQ(report.ended_leases, 1U);
    EXPECT_THAT(keys(*scene.store, "leases/"), IsEmpty());
}

TEST(PushOrder, AVersionThatMayYetAppearKeepsItsLease) {
    for (const char* call : {"put_if_absent manifests/", "put_if_absent versions/"}) {
        Scene scene = refers_to_old_packs();
        HookStore failing(*scene.store);
        failing.fail_at(call_of(log_of_push(refers_to_old_packs()), call));
        EXPECT_FALSE(push(scene.pushed, failing));
        const bool version = std::string_view(call).ends_with("versions/");
        EXPECT_EQ(keys(*scene.store, "leases/").size(), version ? 2U : 0U) << call;
    }
}

TEST(GcOrder, RemovesNothingThatItsMarkDoesNotName) {
    // Pushed after gc made its list and before it wrote its mark; by its date it is to go at once.
    Scene scene = is_old_at_once();
    HookStore hooked(*scene.store);
    hooked.before(call_of(log_of_gc(is_old_at_once()), "put_if_absent gc/", 1),
                  [&] { EXPECT_TRUE(push(scene.pushed, *scene.store)); });
    const auto report = collect_garbage(hooked, keep(1)).value();
    EXPECT_THAT(keys(*scene.store, "versions/"), Contains("versions/app/v3"));
    EXPECT_EQ(report.removed_versions.objects, 1U);
    EXPECT_THAT(damages(*scene.store), IsEmpty());
    EXPECT_EQ(collect_garbage(*scene.store, keep(1)).value().removed_versions.objects, 1U);
    EXPECT_THAT(keys(*scene.store, "versions/"), SizeIs(1));
}

TEST(OtherGcs, AFailedRemovalLeavesTheMark) {
    Scene scene = two_versions();
    HookStore failing(*scene.store);
    failing.fail_at(call_of(log_of_gc(two_versions()), "remove packs/"));
    EXPECT_FALSE(collect_garbage(failing, keep(1)));
    EXPECT_THAT(keys(*scene.store, "gc/"), SizeIs(1)) << "the store may be about to remove the pack yet";
}

TEST(OtherGcs, OneThatIsSlowGivesUp) {
    for (const bool taken_away : {false, true}) {
        Scene scene = two_versions();
        auto options = keep(1);
        std::chrono::nanoseconds now{0};
        options.clock = [&] { return now; };
        HookStore slow(*scene.store);
        slow.before(call_of(log_of_gc(two_versions()), "remove versions/") + 1, [&] {
            if (!taken_away) now = std::chrono::minutes(31);
            for (const auto& key : keys(*scene.store, "gc/")) {
                if (taken_away) {
                    EXPECT_TRUE(scene.store->remove(key));
                }
            }
        });
        const auto result = collect_garbage(slow, options);
        ASSERT_FALSE(result);
        EXPECT_EQ(result.error().code, ErrorCode::unavailable);
        EXPECT_EQ(result.error().hint, "run it again: it goes on where it stopped");
        EXPECT_TRUE(collect_garbage(*scene.store, keep(1)));
        EXPECT_THAT(keys(*scene.store, "packs/"), SizeIs(1));
        EXPECT_THAT(damages(*scene.store), IsEmpty());
    }
}

}  // namespace
}  // namespace ballast
