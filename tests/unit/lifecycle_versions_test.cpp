#include "lifecycle/versions.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "format/keys.hpp"
#include "lifecycle/diff.hpp"
#include "lifecycle/retention.hpp"
#include "lifecycle/stored_bytes.hpp"
#include "support/memory_store.hpp"
#include "support/test_version.hpp"

namespace ballast {
namespace {

using test::directory;
using test::file;
using test::make_version;
using test::MemoryStore;
using test::symlink;
using test::TestVersion;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::SizeIs;

// Puts a version under a name and date, as push would.
void store_version(Store& store, const TestVersion& made, const std::string& name, const std::string& version,
                   const std::string& created = "2026-11-23T10:00:00Z") {
    test::put_pack(store, made);
    ASSERT_TRUE(store.put_if_absent(manifest_key(made.lock.manifest), as_bytes(made.manifest)));
    const Version record{
        name,   version, made.lock.tree, made.lock.tree_bytes, made.lock.manifest, made.lock.manifest_bytes,
        created};
    ASSERT_TRUE(store.put_if_absent(version_key(name, version), as_bytes(write_version(record))));
}

std::vector<std::string> labels(const VersionList& list) {
    std::vector<std::string> found;
    for (const auto& version : list.versions) found.push_back(version.label());
    return found;
}

class Versions : public testing::Test {
  protected:
    void SetUp() override {
        store_version(m_store, m_made, "app", "abcdef01", "2026-11-21T10:00:00Z");
        store_version(m_store, m_made, "app", "abcdef02", "2026-11-23T10:00:00Z");
        store_version(m_store, m_made, "web", "abcdef01", "2026-11-22T10:00:00Z");
    }
    const TestVersion m_made = make_version({file("a", "bytes")});
    MemoryStore m_memory;
    Store& m_store = m_memory;
};

TEST_F(Versions, AreListedNewestFirst) {
    EXPECT_THAT(labels(list_versions(m_store).value()),
                ElementsAre("app/abcdef02", "web/abcdef01", "app/abcdef01"));
    EXPECT_THAT(labels(list_versions(m_store, "app").value()), ElementsAre("app/abcdef02", "app/abcdef01"));
    EXPECT_THAT(labels(list_versions(m_store, "ap").value()), ElementsAre());
}

TEST_F(Versions, DamagedRecordsAreToldApart) {
    m_memory.replace("versions/app/broken", "{");
    m_memory.replace("versions/app/moved", read_object(m_store, "versions/app/abcdef01", 1000).value());
    const auto list = list_versions(m_store).value();
    EXPECT_THAT(list.versions, SizeIs(3));
    ASSERT_THAT(list.damaged, SizeIs(2));
    EXPECT_EQ(list.damaged[0].object, "memory:: versions/app/broken");
    EXPECT_EQ(list.damaged[1].message, "is the record of app/abcdef01, which has another key");
    EXPECT_EQ(read_versions(m_store, "app").error().code, ErrorCode::corrupt);
    EXPECT_EQ(find_version(m_store, "app/broken", "").error().code, ErrorCode::corrupt);
}

TEST_F(Versions, AreFoundAsUsersNameThem) {
    const auto label = [&](const std::string& text, const std::string& name = "") {
        const auto found = find_version(m_store, text, name);
        return found ? found->label()
                     : std::string(to_string(found.error().code)) + ": " + found.error().message;
    };
    EXPECT_EQ(label("abcdef02"), "app/abcdef02");
    EXPECT_EQ(label("web/abcdef01"), "web/abcdef01");
    EXPECT_EQ(label("abcdef01", "web"), "web/abcdef01");
    EXPECT_EQ(label("web/abcd"), "web/abcdef01");
    EXPECT_EQ(label("abcdef01"), "usage: can mean 2 versions: web/abcdef01, app/abcdef01");
    EXPECT_EQ(label("app/abcd"), "usage: can mean 2 versions: app/abcdef02, app/abcdef01");
    EXPECT_EQ(label("abc"), "not_found: no such version");
    EXPECT_EQ(label("../x"), "usage: cannot name a version");
    EXPECT_EQ(label("web/abcdef01", "app"), "usage: is not of the name app");
}

TEST_F(Versions, AManifestIsTheOneThatTheRecordPins) {
    const auto version = find_version(m_store, "abcdef02", "").value().record;
    EXPECT_TRUE(read_manifest(m_store, version));
    m_memory.replace(manifest_key(version.manifest), "other");
    EXPECT_EQ(read_manifest(m_store, version).error().code, ErrorCode::corrupt);
}

TEST(StoredBytes, CountsFramesThatAreOwnAndShared) {
    MemoryStore store;
    test::VersionSettings settings;
    settings.codecs = {Codec::raw};
    const auto both =
        make_version({file("a", test::noise(65536, 1)), file("b", test::noise(1000, 2))}, settings);
    // The same pack, of which only the first frame is used.
    auto part = make_version({file("a", test::noise(65536, 1))}, settings);
    part.parts.frames = {both.parts.frames[0]};
    part.parts.packs = both.parts.packs;
    part.manifest = write_manifest(part.parts);
    part.lock.manifest = sha256(as_bytes(part.manifest));
    store_version(store, both, "app", "both", "2026-11-23T10:00:00Z");
    ASSERT_TRUE(
        static_cast<Store&>(store).put_if_absent("packs/" + std::string(64, 'a'), as_bytes("orphan")));
    part.pack = both.pack;
    store_version(store, part, "web", "part", "2026-11-22T10:00:00Z");

    const auto measured = measure_stored_bytes(store).value();
    ASSERT_THAT(measured.versions, SizeIs(2));
    const auto& first = measured.versions[0];
    EXPECT_EQ(first.version.label(), "app/both");
    EXPECT_EQ(first.stored_bytes, 66536U);
    EXPECT_EQ(first.own_bytes, 1000U);
    EXPECT_EQ(first.shared_bytes, 65536U);
    EXPECT_EQ(first.packs, 1U);
    EXPECT_EQ(first.own_packs, 0U);
    const auto& second = measured.versions[1];
    EXPECT_EQ(second.stored_bytes, 65536U);
    EXPECT_EQ(second.own_bytes, 0U);
    EXPECT_EQ(measured.frame_bytes, 66536U);
    EXPECT_EQ(measured.packs, 2U);
    EXPECT_EQ(measured.orphan_packs, 1U);
    EXPECT_EQ(measured.orphan_bytes, 6U);
}

TEST(StoredBytes, AVersionWithoutItsManifestIsTold) {
    MemoryStore store;
    const auto made = make_version({file("a", "bytes")});
    store_version(store, made, "app", "v1");
    ASSERT_TRUE(store.remove(manifest_key(made.lock.manifest)));
    const auto measured = measure_stored_bytes(store).value();
    EXPECT_THAT(measured.damaged, SizeIs(1));
    EXPECT_EQ(measured.versions.at(0).stored_bytes, 0U);
    EXPECT_EQ(measured.orphan_packs, 0U) << "nobody knows what the version refers to";
}

TEST(Diff, TellsWhatDiffersAndHow) {
    const auto before =
        make_version({directory("d"), file("d/gone", "12345"), file("d/mode", "m"), file("d/same", "s"),
                      file("d/text", "old"), file("kind", "k"), symlink("link", "d/same")});
    const auto after =
        make_version({directory("d"), file("d/mode", "m", 0755), file("d/new", "1"), file("d/same", "s"),
                      file("d/text", "newer"), directory("kind"), symlink("link", "d/text")});
    const auto old_manifest = Manifest::parse(before.manifest, "before").value();
    const auto new_manifest = Manifest::parse(after.manifest, "after").value();
    const Diff diff = diff_manifests(old_manifest, new_manifest);
    std::vector<std::string> lines;
    for (const auto& entry : diff.entries) {
        std::string line = entry.path;
        if (entry.change == DiffEntry::Change::added) line += " added";
        if (entry.change == DiffEntry::Change::removed) line += " removed";
        if (entry.kind_differs) line += " kind";
        if (entry.bytes_differ) line += " bytes";
        if (entry.mode_differs) line += " mode";
        if (entry.target_differs) line += " target";
        lines.push_back(line);
    }
    EXPECT_THAT(lines, ElementsAre("d/gone removed", "d/mode mode", "d/new added", "d/text bytes",
                                   "kind kind mode", "link target"));
    EXPECT_EQ(diff.same_entries, 2U);
    EXPECT_EQ(diff.before_bytes, 11U);
    EXPECT_EQ(diff.after_bytes, 8U);
    EXPECT_EQ(diff.sent_packs, 1U);
    EXPECT_EQ(diff.sent_pack_bytes, after.pack.size());
    EXPECT_EQ(diff.manifest_bytes, after.manifest.size());

    const Diff none = diff_manifests(old_manifest, old_manifest);
    EXPECT_TRUE(none.entries.empty());
    EXPECT_EQ(none.sent_packs + none.manifest_bytes, 0U);
}

TEST(Retention, KeepsTheNewestOfEachNameAndWhatIsYoung) {
    using std::chrono::hours;
    const StoreTime now = StoreTime(hours(1'000'000));
    const auto version = [&](const char* name, const char* created, int days) {
        StoredVersion stored;
        stored.record.name = name;
        stored.record.created = created;
        stored.modified = now - hours(24 * days);
        return stored;
    };
    const std::vector<StoredVersion> versions = {version("a", "5", 1),  version("b", "5", 2),
                                                 version("a", "4", 10), version("a", "4", 20),
                                                 version("a", "3", 30), version("b", "3", 40)};
    const auto fates = [&](const Retention& retention) { return decide_fates(versions, retention, now); };
    using enum Fate;
    EXPECT_THAT(fates({1, {}, ""}), ElementsAre(newest, newest, goes, goes, goes, goes));
    EXPECT_THAT(fates({1, hours(24 * 15), ""}), ElementsAre(newest, newest, young, goes, goes, goes));
    EXPECT_THAT(fates({1, {}, "b"}),
                ElementsAre(other_name, newest, other_name, other_name, other_name, goes));
    EXPECT_THAT(fates({0, hours(24 * 30), "a"}),
                ElementsAre(young, other_name, young, young, young, other_name));
    // As new as the last that is kept: nobody can tell which of them is the newer.
    EXPECT_THAT(fates({2, {}, ""}), ElementsAre(newest, newest, newest, newest, goes, newest));
}

}  // namespace
}  // namespace ballast
