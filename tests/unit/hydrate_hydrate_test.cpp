#include "hydrate/hydrate.hpp"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <thread>

#include "hydrate/place.hpp"
#include "hydrate/root.hpp"
#include "hydrate/verify_tree.hpp"
#include "hydrate/warm.hpp"
#include "support/memory_store.hpp"
#include "support/test_version.hpp"

namespace ballast {
namespace {

namespace fs = std::filesystem;
using test::directory;
using test::file;
using test::MemoryStore;
using test::noise;
using test::symlink;
using testing::HasSubstr;
using Start = HydrateReport::Start;

// Lends a store that the test keeps.
class Lent : public ObjectSource {
  public:
    explicit Lent(ObjectSource& store) : m_store(store) {}
    const std::string& url() const override { return m_store.url(); }
    unsigned fetch_concurrency() const override { return m_store.fetch_concurrency(); }
    Result<std::unique_ptr<RangeReader>> open_range(std::string_view key, std::uint64_t offset,
                                                    std::uint64_t bytes, std::stop_token stop) override {
        return m_store.open_range(key, offset, bytes, std::move(stop));
    }

  private:
    ObjectSource& m_store;
};

class Hydrate : public testing::Test {
  protected:
    TemporaryDirectory m_directory = TemporaryDirectory::create().value();
    std::string m_root = m_directory.path() + "/root";
    MemoryStore m_store;

    test::TestVersion push(std::vector<test::TestEntry> entries, const test::VersionSettings& settings = {}) {
        auto version = test::make_version(std::move(entries), settings);
        test::put_pack(m_store, version);
        m_store.forget_accesses();
        return version;
    }

    HydrateOptions options(std::vector<std::string> groups = {}) {
        HydrateOptions options;
        options.root = m_root;
        options.groups = std::move(groups);
        options.fetch.threads = 2;
        options.open_source = [this]() -> Result<std::unique_ptr<ObjectSource>> {
            return std::make_unique<Lent>(m_store);
        };
        return options;
    }

    Result<HydrateReport> run(const test::TestVersion& version, std::vector<std::string> groups = {}) {
        return hydrate(version.slim(), options(std::move(groups)));
    }

    static Result<void> verify(const test::TestVersion& version, const std::string& tree) {
        return verify_tree(Manifest::parse(version.manifest, "m").value(), tree);
    }

    std::string place(const test::TestVersion& version) const {
        return m_root + "/" + place_name(version.lock.tree);
    }
    std::string tree(const test::TestVersion& version) const { return place(version) + "/tree"; }

    static std::vector<test::TestEntry> sample() {
        return {directory("bin"),
                file("bin/-dash name", "#!/bin/sh\n", 0755),
                file("bin/gs", noise(300'000, 1), 0755),
                directory("empty", 0700),
                directory("lib", 0555),
                file("lib/large.so", noise(900'000, 2)),
                symlink("lib/large.so.1", "large.so"),
                file("lib/other-mode.so", noise(70'000, 3), 0600),
                file("lib/same.so", noise(70'000, 3)),
                file("lib/same2.so", noise(70'000, 3)),
                file("unreadable", noise(20, 4), 0),
                file("unreadable-too", noise(20, 4), 0644),
                file("zero", "", 0640)};
    }
};

TEST_F(Hydrate, BringsEveryByteOnceAndIsWarmThen) {
    const auto version = push(sample());
    const auto cold = run(version).value();
    EXPECT_EQ(cold.start, Start::cold);
    EXPECT_EQ(cold.tree_path, tree(version));
    EXPECT_EQ(cold.files, 9U);
    EXPECT_TRUE(verify(version, cold.tree_path)) << verify(version, cold.tree_path).error().object;
    EXPECT_FALSE(fs::exists(place(version) + "/staging"));
    EXPECT_EQ(fs::hard_link_count(tree(version) + "/lib/same.so"), 2U) << "equal bytes are on the disk once";

    m_store.forget_accesses();
    const auto warm = run(version).value();
    EXPECT_EQ(warm.start, Start::warm);
    EXPECT_EQ(warm.tree_path, cold.tree_path);
    EXPECT_TRUE(m_store.accesses().empty()) << "a warm start asks the store for nothing";
}

TEST_F(Hydrate, FetchesEachNeededByteOnce) {
    const auto version = push(sample());
    const auto report = run(version).value();
    std::uint64_t fetched = 0;
    for (const auto& access : m_store.accesses()) {
        EXPECT_EQ(access.call, "open_range") << "no round trip for metadata";
        fetched += access.bytes;
    }
    EXPECT_EQ(fetched, version.pack.size() - 16) << "the pack less its header";
    EXPECT_EQ(report.counts.fetched_bytes, fetched);
    EXPECT_EQ(report.counts.requests, m_store.accesses().size());
}

TEST_F(Hydrate, BringsGroupsAloneAndTheRestLater) {
    const auto version = push({file("a", noise(200'000, 1), 0644, 0), directory("d", 0555),
                               file("d/b", noise(200'000, 2), 0644, 1), symlink("d/link", "b", 1)},
                              {.frame_bytes = 50'000, .groups = {"one", "two"}});
    const auto two = run(version, {"two"}).value();
    EXPECT_EQ(two.start, Start::cold);
    EXPECT_TRUE(fs::exists(tree(version) + "/d/b"));
    EXPECT_TRUE(fs::is_symlink(tree(version) + "/d/link"));
    EXPECT_FALSE(fs::exists(tree(version) + "/a"));
    EXPECT_LT(two.counts.fetched_bytes, version.pack.size() * 3 / 4);
    EXPECT_EQ(run(version, {"two"}).value().start, Start::warm);
    EXPECT_EQ(run(version, {"one", "two"}).value().start, Start::cold);

    const auto all = run(version).value();
    EXPECT_EQ(all.counts.fetched_bytes, 0U) << "both groups were there";
    EXPECT_TRUE(verify(version, tree(version)));
    EXPECT_EQ(run(version, {"one"}).value().start, Start::warm) << "the whole tree has every group";

    const auto unknown = run(push(sample()), {"none"});
    ASSERT_FALSE(unknown);
    EXPECT_EQ(unknown.error().code, ErrorCode::not_found);
    EXPECT_EQ(unknown.error().hint, "its groups: default");
}

TEST_F(Hydrate, IsWarmAsLongAsMarkerAndTreeAreThere) {
    const auto version = push({file("a", "1", 0644, 0), file("b", "2", 0644, 1)}, {.groups = {"one", "two"}});
    const auto warm = [&](const std::vector<std::string>& groups) {
        const auto root = open_root(m_root, CreateRoot::no).value();
        return is_warm(*Place::find(root.value(), m_root, version.lock.tree).value(), version.lock, groups);
    };
    ASSERT_TRUE(run(version, {"two"}));
    EXPECT_TRUE(warm({"two"}));
    EXPECT_FALSE(warm({"one", "two"}));
    EXPECT_FALSE(warm({}));
    ASSERT_TRUE(run(version));
    EXPECT_TRUE(warm({}));
    EXPECT_TRUE(warm({"one"})) << "the whole tree has every group";
    fs::remove_all(tree(version));
    EXPECT_TRUE(fs::exists(place(version) + "/complete"));
    EXPECT_FALSE(warm({})) << "the marker alone says nothing";
    EXPECT_FALSE(warm({"two"}));
    EXPECT_EQ(run(version).value().start, Start::cold);
    EXPECT_TRUE(warm({}));
}

TEST_F(Hydrate, KeepsHolesOfSparseFiles) {
    std::string sparse(8 << 20, '\0');
    sparse[0] = 'x';
    const auto version = push({file("sparse", sparse)}, {.frame_bytes = 1 << 20});
    ASSERT_TRUE(run(version));
    EXPECT_TRUE(verify(version, tree(version)));
    struct stat info = {};
    ASSERT_EQ(::stat((tree(version) + "/sparse").c_str(), &info), 0);
    EXPECT_LT(info.st_blocks * 512, 4 << 20);
}

TEST_F(Hydrate, HydratesOnceForManyAtOnce) {
    const auto version = push(sample());
    std::vector<std::thread> threads;
    std::atomic<int> cold{0};
    std::atomic<int> good{0};
    for (int i = 0; i < 16; ++i) {
        threads.emplace_back([&] {
            const auto report = hydrate(version.slim(), options());
            if (report) ++good;
            if (report && report->start == Start::cold) ++cold;
        });
    }
    for (auto& thread : threads) thread.join();
    EXPECT_EQ(good, 16);
    EXPECT_EQ(cold, 1);
    EXPECT_TRUE(verify(version, tree(version)));
}

TEST_F(Hydrate, SampledBitFlipsInThePackAreDetectedAndNothingIsPublished) {
    const auto version = push(sample());
    const std::string key = version.parts.packs[0].key();
    for (std::size_t bit = 16 * 8; bit < version.pack.size() * 8; bit += version.pack.size() * 8 / 60) {
        std::string damaged = version.pack;
        damaged[bit / 8] = static_cast<char>(damaged[bit / 8] ^ (1 << (bit % 8)));
        m_store.replace(key, damaged);
        const auto result = run(version);
        ASSERT_FALSE(result) << bit;
        EXPECT_EQ(result.error().code, ErrorCode::corrupt);
        EXPECT_THAT(result.error().object, HasSubstr(key));
        EXPECT_FALSE(fs::exists(tree(version)));
        // Else the frames that were right are taken up, and a flip in them is never read.
        fs::remove_all(place(version) + "/staging");
    }
    m_store.replace(key, version.pack);
    ASSERT_TRUE(run(version));
    EXPECT_TRUE(verify(version, tree(version)));
}

TEST_F(Hydrate, TruncatedOrMissingPacksAreClearErrors) {
    const auto version = push(sample());
    const std::string key = version.parts.packs[0].key();
    m_store.replace(key, version.pack.substr(0, version.pack.size() / 2));
    EXPECT_EQ(run(version).error().code, ErrorCode::corrupt);
    ASSERT_TRUE(m_store.remove(key));
    const auto missing = run(version);
    EXPECT_EQ(missing.error().code, ErrorCode::not_found);
    EXPECT_EQ(missing.error().object, key);
    EXPECT_FALSE(fs::exists(tree(version)));
}

TEST_F(Hydrate, RefusesAManifestThatTheLockDoesNotPin) {
    const auto version = push(sample());
    for (std::size_t bit = 0; bit < version.manifest.size() * 8; bit += version.manifest.size() * 8 / 100) {
        auto slim = version.slim();
        std::string damaged = version.manifest;
        damaged[bit / 8] = static_cast<char>(damaged[bit / 8] ^ (1 << (bit % 8)));
        slim.read_manifest = [&]() -> Result<std::string> { return damaged; };
        const auto result = hydrate(slim, options());
        ASSERT_FALSE(result) << bit;
        EXPECT_EQ(result.error().code, ErrorCode::corrupt);
        EXPECT_THAT(result.error().message, HasSubstr("does not have the digest that ballast.lock pins"));
    }
    EXPECT_TRUE(m_store.accesses().empty());
}

TEST_F(Hydrate, TakesUpWhereAFailedOneStopped) {
    const auto version = push(sample());
    std::string damaged = version.pack;
    damaged.back() = static_cast<char>(damaged.back() ^ 1);
    m_store.replace(version.parts.packs[0].key(), damaged);
    auto one_thread = options();
    one_thread.fetch.threads = 1;
    one_thread.fetch.range_bytes = 1;  // one frame a request
    ASSERT_FALSE(hydrate(version.slim(), one_thread));
    EXPECT_TRUE(fs::exists(place(version) + "/staging"));
    m_store.replace(version.parts.packs[0].key(), version.pack);
    const auto report = hydrate(version.slim(), one_thread).value();
    EXPECT_TRUE(report.resumed);
    EXPECT_EQ(report.counts.requests, 1U) << "only the frame that was damaged";
    EXPECT_TRUE(verify(version, tree(version)));
}

TEST_F(Hydrate, DistrustsMarkersOfAnEarlierBoot) {
    const auto version = push(sample());
    ASSERT_TRUE(run(version));
    const std::string marker = place(version) + "/complete";
    const auto forget_boot = [&] {
        const Fd fd(::open(marker.c_str(), O_WRONLY | O_TRUNC));
        ASSERT_TRUE(write_all(fd, as_bytes(version.lock.tree.hex() + "\nanother-boot\n"), marker));
    };
    forget_boot();
    m_store.forget_accesses();
    ASSERT_TRUE(run(version));
    EXPECT_TRUE(m_store.accesses().empty()) << "the tree read back right";
    EXPECT_EQ(run(version).value().start, Start::warm);

    forget_boot();
    ASSERT_EQ(::truncate((tree(version) + "/bin/gs").c_str(), 0), 0);  // as a loss of power would
    ASSERT_TRUE(run(version));
    EXPECT_FALSE(m_store.accesses().empty());
    EXPECT_TRUE(verify(version, tree(version)));
}

TEST_F(Hydrate, RefusesARootThatOthersCouldChange) {
    const auto version = push(sample());
    const auto expect_refused = [&](const char* message) {
        const auto result = run(version);
        ASSERT_FALSE(result) << message;
        EXPECT_EQ(result.error().code, ErrorCode::permission);
        EXPECT_THAT(result.error().message, HasSubstr(message));
    };
    fs::create_directory(m_directory.path() + "/elsewhere");
    fs::create_symlink(m_directory.path() + "/elsewhere", m_root);
    expect_refused("the root is a symlink");
    EXPECT_TRUE(fs::is_empty(m_directory.path() + "/elsewhere"));
    fs::remove(m_root);

    { AtomicFile::create(m_root).value().commit().value(); }
    expect_refused("the root is a symlink or a file");
    fs::remove(m_root);

    fs::create_directory(m_root);
    fs::permissions(m_root, fs::perms::all);
    expect_refused("others may write to it");

    if (::geteuid() != 0) GTEST_SKIP() << "only root can plant another user's directory";
    fs::permissions(m_root, fs::perms::owner_all);
    ASSERT_EQ(::chown(m_root.c_str(), 12345, 12345), 0);
    expect_refused("user 12345 owns it");
    fs::remove(m_root);

    const std::string planted = m_directory.path() + "/planted";
    fs::create_symlink(m_directory.path() + "/elsewhere", planted);
    ASSERT_EQ(::lchown(planted.c_str(), 12345, 12345), 0);
    m_root = planted + "/root";
    expect_refused("is a symlink that user 12345 owns");
    EXPECT_TRUE(fs::is_empty(m_directory.path() + "/elsewhere"));
}

TEST_F(Hydrate, NeverWritesThroughASymlinkInItsOwnDirectories) {
    const auto version = push(sample());
    const std::string elsewhere = m_directory.path() + "/elsewhere";
    fs::create_directory(elsewhere);

    fs::create_directory(m_root);
    fs::create_symlink(elsewhere, place(version));
    EXPECT_EQ(run(version).error().code, ErrorCode::corrupt);
    fs::remove(place(version));

    fs::create_directory(place(version));
    fs::create_symlink(elsewhere, place(version) + "/staging");
    ASSERT_TRUE(run(version)) << "staging of nobody's is thrown away, not followed";
    EXPECT_TRUE(fs::is_empty(elsewhere));
    EXPECT_TRUE(verify(version, tree(version)));
    fs::permissions(tree(version) + "/lib", fs::perms::owner_all);
    fs::remove_all(place(version));

    // A parent inside a staged tree becomes a symlink before the hydration is taken up.
    std::string damaged = version.pack;
    damaged.back() = static_cast<char>(damaged.back() ^ 1);
    m_store.replace(version.parts.packs[0].key(), damaged);
    ASSERT_FALSE(run(version));
    m_store.replace(version.parts.packs[0].key(), version.pack);
    fs::remove_all(place(version) + "/staging/tree/lib");
    fs::create_symlink(elsewhere, place(version) + "/staging/tree/lib");
    ASSERT_TRUE(fs::exists(place(version) + "/staged-for"));
    const auto result = run(version);
    ASSERT_FALSE(result);
    EXPECT_EQ(result.error().code, ErrorCode::corrupt);
    EXPECT_TRUE(fs::is_empty(elsewhere));
    EXPECT_FALSE(fs::exists(tree(version)));
}

TEST_F(Hydrate, VerifyNamesWhatDiffers) {
    const auto version = push(sample());
    ASSERT_TRUE(run(version));
    const auto manifest = Manifest::parse(version.manifest, "m").value();
    const auto expect_differs = [&](const char* path, const char* message) {
        const auto result = verify_tree(manifest, tree(version));
        ASSERT_FALSE(result) << message;
        EXPECT_EQ(result.error().code, ErrorCode::corrupt);
        EXPECT_THAT(result.error().object, HasSubstr(path));
        EXPECT_THAT(result.error().message, HasSubstr(message));
    };
    const std::string extra = tree(version) + "/bin/extra";
    { AtomicFile::create(extra).value().commit().value(); }
    expect_differs("bin/extra", "is not in the manifest");
    fs::remove(extra);
    fs::permissions(tree(version) + "/bin/gs", fs::perms::owner_all);
    expect_differs("bin/gs", "has mode 0700, not 0755");
    fs::permissions(tree(version) + "/bin/gs", static_cast<fs::perms>(0755));
    {
        const Fd fd(::open((tree(version) + "/bin/gs").c_str(), O_WRONLY));
        ASSERT_TRUE(pwrite_all(fd, as_bytes("?"), 5, "gs"));
    }
    expect_differs("bin/gs", "has other bytes");
}

}  // namespace
}  // namespace ballast
