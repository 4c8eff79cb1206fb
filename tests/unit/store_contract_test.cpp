// The one suite that every store passes.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <memory>
#include <random>
#include <thread>

#include "base/file.hpp"
#include "base/parallel.hpp"
#include "store/file_store.hpp"
#include "store/open_source.hpp"
#include "store/open_store.hpp"
#include "support/memory_store.hpp"

namespace ballast {
namespace {

using test::MemoryStore;
using testing::ElementsAre;
using testing::IsEmpty;

struct Fixture {
    virtual ~Fixture() = default;
    virtual Store& store() = 0;
};

struct MemoryFixture : Fixture {
    MemoryStore m_store;
    Store& store() override { return m_store; }
};

struct FileFixture : Fixture {
    TemporaryDirectory m_directory = TemporaryDirectory::create().value();
    FileStore m_store{m_directory.path() + "/made/by/the/first/put", "file:test"};
    Store& store() override { return m_store; }
};

// A bucket of a real server, named by BALLAST_TEST_S3 ("s3://bucket?endpoint=…"): tests/field/gateway starts
// one. Each test has a prefix of its own.
const char* s3_url() {
    return std::getenv("BALLAST_TEST_S3");
}

struct S3Fixture : Fixture {
    std::unique_ptr<Store> m_store = open();
    Store& store() override { return *m_store; }

    static std::unique_ptr<Store> open() {
        const std::string url = s3_url();
        const auto question = std::min(url.find('?'), url.size());
        const auto name = fmt::format("/contract/{}-{}", ::getpid(), std::random_device{}());
        return open_store(url.substr(0, question) + name + url.substr(question)).value();
    }
};

struct Kind {
    const char* name;
    std::unique_ptr<Fixture> (*make)();
};

class StoreContract : public testing::TestWithParam<Kind> {
  protected:
    std::unique_ptr<Fixture> m_fixture = GetParam().make();
    Store& m_store = m_fixture->store();

    std::vector<std::string> keys(std::string_view prefix) {
        std::vector<std::string> found;
        const auto objects = m_store.list(prefix).value();
        for (const auto& object : objects) found.push_back(object.key);
        return found;
    }
};

TEST_P(StoreContract, GivesBackWhatWasPut) {
    EXPECT_EQ(m_store.put_if_absent("packs/a", as_bytes("hello")).value(), PutOutcome::stored);
    EXPECT_EQ(m_store.head("packs/a").value().bytes, 5U);
    EXPECT_EQ(read_object(m_store, "packs/a", 100).value(), "hello");
}

TEST_P(StoreContract, NeverChangesAnObject) {
    ASSERT_TRUE(m_store.put_if_absent("k", as_bytes("first")));
    EXPECT_EQ(m_store.put_if_absent("k", as_bytes("second")).value(), PutOutcome::already_there);
    EXPECT_EQ(read_object(m_store, "k", 100).value(), "first");
}

TEST_P(StoreContract, ReadsRanges) {
    ASSERT_TRUE(m_store.put_if_absent("k", as_bytes("0123456789")));
    std::string out(4, '\0');
    ASSERT_TRUE(m_store.get_range("k", 3, std::as_writable_bytes(std::span(out))));
    EXPECT_EQ(out, "3456");
    std::string past(4, '\0');
    const auto result = m_store.get_range("k", 8, std::as_writable_bytes(std::span(past)));
    ASSERT_FALSE(result);
    EXPECT_EQ(result.error().code, ErrorCode::corrupt);
}

TEST_P(StoreContract, ReadsARangePieceByPiece) {
    ASSERT_TRUE(m_store.put_if_absent("k", as_bytes("0123456789")));
    const auto range = m_store.open_range("k", 2, 7).value();
    std::string out;
    for (const std::size_t piece : {3U, 1U, 3U}) {
        std::string bytes(piece, '\0');
        ASSERT_TRUE(range->read(std::as_writable_bytes(std::span(bytes))));
        out += bytes;
    }
    EXPECT_EQ(out, "2345678");
}

TEST_P(StoreContract, KnowsWhenAnObjectWasMade) {
    const auto before = std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now());
    ASSERT_TRUE(m_store.put_if_absent("k", as_bytes("1")));
    const auto after = std::chrono::system_clock::now();
    const auto modified = m_store.head("k").value().modified;
    EXPECT_GE(modified, before - std::chrono::seconds(1));
    EXPECT_LE(modified, after + std::chrono::seconds(1));
    EXPECT_EQ(m_store.list("k").value().at(0).modified, modified);
}

TEST_P(StoreContract, SaysWhatIsNotThere) {
    std::string out(1, '\0');
    EXPECT_EQ(m_store.get_range("none", 0, std::as_writable_bytes(std::span(out))).error().code,
              ErrorCode::not_found);
    EXPECT_EQ(m_store.head("none").error().code, ErrorCode::not_found);
    EXPECT_EQ(m_store.head("none/below").error().code, ErrorCode::not_found);
    EXPECT_FALSE(object_exists(m_store, "none").value());
    EXPECT_TRUE(m_store.remove("none"));
    EXPECT_THAT(keys(""), IsEmpty());
}

TEST_P(StoreContract, ListsByPrefixInOrder) {
    for (const char* key : {"versions/b/2", "versions/a/2", "versions/a/1", "packs/x", "versions/ab/1"}) {
        ASSERT_TRUE(m_store.put_if_absent(key, as_bytes(key)));
    }
    EXPECT_THAT(keys("versions/a/"), ElementsAre("versions/a/1", "versions/a/2"));
    EXPECT_THAT(keys("versions/a"), ElementsAre("versions/a/1", "versions/a/2", "versions/ab/1"));
    EXPECT_EQ(keys("").size(), 5U);
    EXPECT_THAT(keys("nothing/"), IsEmpty());
}

TEST_P(StoreContract, Removes) {
    ASSERT_TRUE(m_store.put_if_absent("k", as_bytes("1")));
    ASSERT_TRUE(m_store.remove("k"));
    EXPECT_FALSE(object_exists(m_store, "k").value());
    EXPECT_EQ(m_store.put_if_absent("k", as_bytes("2")).value(), PutOutcome::stored);
}

TEST_P(StoreContract, RefusesKeysThatAreNotCleanPaths) {
    for (const char* key : {"", "/etc/passwd", "../x", "a/../b", "a//b"}) {
        EXPECT_EQ(m_store.put_if_absent(key, as_bytes("x")).error().code, ErrorCode::usage) << key;
        EXPECT_EQ(m_store.head(key).error().code, ErrorCode::usage) << key;
    }
}

TEST_P(StoreContract, StoresOnceWhenManyPutAtOnce) {
    std::vector<std::thread> threads;
    std::atomic<int> stored{0};
    for (int i = 0; i < 8; ++i) {
        threads.emplace_back([&, i] {
            const std::string bytes(100'000, static_cast<char>('a' + i));
            if (m_store.put_if_absent("k", as_bytes(bytes)).value() == PutOutcome::stored) ++stored;
        });
    }
    for (auto& thread : threads) thread.join();
    EXPECT_EQ(stored, 1);
    const std::string bytes = read_object(m_store, "k", 1'000'000).value();
    EXPECT_EQ(bytes, std::string(100'000, bytes[0]));
}

TEST_P(StoreContract, KeepsLargeObjects) {
    std::string bytes(40'000'001, '\0');
    std::minstd_rand random(1);
    for (std::size_t i = 0; i < bytes.size(); i += 97) bytes[i] = static_cast<char>(random());
    ASSERT_EQ(m_store.put_if_absent("packs/large", as_bytes(bytes)).value(), PutOutcome::stored);
    EXPECT_EQ(m_store.put_if_absent("packs/large", as_bytes(bytes)).value(), PutOutcome::already_there);
    EXPECT_EQ(m_store.head("packs/large").value().bytes, bytes.size());
    EXPECT_TRUE(read_object(m_store, "packs/large", bytes.size()).value() == bytes);
    EXPECT_THAT(keys("packs/"), ElementsAre("packs/large"));
    ASSERT_TRUE(m_store.remove("packs/large"));
}

TEST_P(StoreContract, KeepsEmptyObjects) {
    ASSERT_EQ(m_store.put_if_absent("empty", {}).value(), PutOutcome::stored);
    EXPECT_EQ(m_store.head("empty").value().bytes, 0U);
    EXPECT_EQ(read_object(m_store, "empty", 10).value(), "");
}

TEST_P(StoreContract, KeepsUnusualKeys) {
    for (const char* key : {"a b+c", "per%cent", "q?x=1&y", "\xc3\xa9t\xc3\xa9", "(x)!*'"}) {
        ASSERT_EQ(m_store.put_if_absent(key, as_bytes(key)).value(), PutOutcome::stored) << key;
        EXPECT_EQ(read_object(m_store, key, 100).value(), key);
        EXPECT_THAT(keys(key), ElementsAre(key));
    }
}

TEST_P(StoreContract, ListsMoreThanAPageHolds) {
    constexpr std::size_t k_count = 1100;  // S3 answers with 1,000 at most
    ASSERT_TRUE(parallel_for(8, [&](std::size_t lane) -> Result<void> {
        for (std::size_t i = lane; i < k_count; i += 8)
            BALLAST_CHECK(m_store.put_if_absent(fmt::format("many/{:04}", i), as_bytes("x")));
        return {};
    }));
    const auto found = keys("many/");
    ASSERT_EQ(found.size(), k_count);
    EXPECT_EQ(found.back(), "many/1099");
}

TEST_P(StoreContract, TellsWhatItSent) {
    std::uint64_t sent = 0;
    const std::string bytes(10'000'000, 'x');
    ASSERT_TRUE(m_store.put_if_absent("k", as_bytes(bytes), [&](std::uint64_t part) { sent += part; }));
    EXPECT_EQ(sent, bytes.size());
}

std::vector<Kind> kinds() {
    std::vector<Kind> all = {
        {"memory", []() -> std::unique_ptr<Fixture> { return std::make_unique<MemoryFixture>(); }},
        {"file", []() -> std::unique_ptr<Fixture> { return std::make_unique<FileFixture>(); }}};
    if (s3_url() != nullptr)
        all.push_back({"s3", []() -> std::unique_ptr<Fixture> { return std::make_unique<S3Fixture>(); }});
    return all;
}

INSTANTIATE_TEST_SUITE_P(Kinds, StoreContract, testing::ValuesIn(kinds()),
                         [](const auto& instance) { return instance.param.name; });

TEST(FileStore, LeavesNoTemporaryFilesAndListsNone) {
    const auto directory = TemporaryDirectory::create().value();
    FileStore file_store(directory.path(), "file:test");
    Store& store = file_store;
    ASSERT_TRUE(store.put_if_absent("packs/a", as_bytes("x")));
    std::size_t files = 0;
    for (const auto& entry : std::filesystem::recursive_directory_iterator(directory.path())) {
        if (entry.is_regular_file()) ++files;
    }
    EXPECT_EQ(files, 1U);
    // What a killed writer leaves is not an object.
    ASSERT_TRUE(AtomicFile::create(directory.path() + "/packs/b").value().write(as_bytes("half")));
    const auto killed = AtomicFile::create(directory.path() + "/packs/c").value();
    EXPECT_EQ(store.list("packs/").value().size(), 1U);
}

TEST(FileStore, RemovesWhatKilledPutsLeft) {
    const auto directory = TemporaryDirectory::create().value();
    FileStore file_store(directory.path(), "file:test");
    Store& store = file_store;
    ASSERT_TRUE(store.put_if_absent("packs/a", as_bytes("x")));
    std::ofstream(directory.path() + "/packs/b~123") << "half";
    const auto now = store.head("packs/a").value().modified;
    EXPECT_EQ(store.remove_unfinished(now - std::chrono::hours(1)).value(), 0U);
    EXPECT_EQ(store.remove_unfinished(now + std::chrono::hours(1)).value(), 1U);
    EXPECT_FALSE(std::filesystem::exists(directory.path() + "/packs/b~123"));
    EXPECT_TRUE(object_exists(store, "packs/a").value());
}

TEST(OpenStore, KnowsItsUrls) {
    EXPECT_EQ(open_store("file:///srv/x").value()->url(), "file:///srv/x");
    EXPECT_EQ(open_store("relative/dir").value()->url(), "relative/dir");
    EXPECT_EQ(open_store("").error().code, ErrorCode::usage);
    EXPECT_EQ(open_store("file://relative").error().code, ErrorCode::usage);
    EXPECT_EQ(open_store("ftp://host/x").error().message, "stores of kind 'ftp' are not known");
}

TEST(OpenStore, TakesNoDirectoryOfOtherThingsForAStore) {
    const auto directory = TemporaryDirectory::create().value();
    EXPECT_TRUE(open_store(directory.path(), NewStore::refused)) << "an empty one may become a store";
    EXPECT_EQ(open_store(directory.path() + "/none", NewStore::refused).error().code, ErrorCode::not_found);
    const std::string file = directory.path() + "/handler.js";
    std::ofstream(file) << "x";
    EXPECT_EQ(open_store(directory.path(), NewStore::refused).error().message,
              "is not a Ballast store: it contains files other than packs and versions");
    EXPECT_EQ(open_store(file).error().message, "is not a directory");
    EXPECT_TRUE(open_store(directory.path()));
}

TEST(OpenSource, ReadsWhatAStoreOfTheSameUrlHas) {
    const auto directory = TemporaryDirectory::create().value();
    const std::string url = "file://" + directory.path();
    ASSERT_TRUE(open_store(url).value()->put_if_absent("packs/a", as_bytes("0123456789")));
    const auto source = open_source(url).value();
    EXPECT_EQ(source->url(), url);
    std::string out(4, '\0');
    ASSERT_TRUE(source->get_range("packs/a", 3, std::as_writable_bytes(std::span(out))));
    EXPECT_EQ(out, "3456");
    EXPECT_EQ(source->get_range("packs/b", 0, std::as_writable_bytes(std::span(out))).error().code,
              ErrorCode::not_found);
    EXPECT_EQ(open_source("ftp://host/x").error().message, "stores of kind 'ftp' are not known");
}

}  // namespace
}  // namespace ballast
