#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <cstdlib>

#include "base/size.hpp"
#include "package/open_package.hpp"
#include "package/read_entry.hpp"
#include "package/zip/zip_package.hpp"
#include "support/package_files.hpp"
#include "support/zip_builder.hpp"

namespace ballast {
namespace {

using support::build_zip;
using support::bytes_of;
using support::deflate_stored;
using support::describe;
using support::error_of;
using support::file_of;
using support::Workspace;
using support::write_file;
using ::testing::ElementsAre;

Result<std::unique_ptr<Package>> open_bytes(const std::string& zip, const PackageLimits& limits = {}) {
    return open_zip_package(file_of(zip), "app.zip", limits);
}

TEST(ZipPackage, ListsInPathOrderWhateverTheArchives) {
    const auto package = open_bytes(build_zip({{.name = "lib.txt", .bytes = "text", .mode = 0100600},
                                               {.name = "lib/", .mode = 040750},
                                               {.name = "lib/b.so", .bytes = "bb", .mode = 0100755},
                                               {.name = "empty/", .mode = 040700},
                                               {.name = "b", .bytes = "lib/b.so", .mode = 0120777},
                                               {.name = "handler.js", .mode = 0100444}}));
    ASSERT_TRUE(package) << error_of(package);
    EXPECT_EQ((*package)->name(), "app.zip");
    EXPECT_THAT(describe(**package),
                ElementsAre("symlink 777 b -> lib/b.so", "directory 700 empty", "file 444 0 handler.js",
                            "directory 750 lib", "file 755 2 lib/b.so", "file 600 4 lib.txt"));
    EXPECT_EQ(bytes_of(**package, "lib.txt"), "text");
    EXPECT_EQ(bytes_of(**package, "lib/b.so"), "bb");
    EXPECT_EQ(bytes_of(**package, "handler.js"), "");
}

TEST(ZipPackage, AddsDirectoriesThatOnlyPathsShow) {
    const auto package = open_bytes(
        build_zip({{.name = "a/b/c/file"}, {.name = "a/b-2/file"}, {.name = "a/b/", .mode = 040700}}));
    ASSERT_TRUE(package) << error_of(package);
    EXPECT_THAT(describe(**package),
                ElementsAre("directory 755 a", "directory 700 a/b", "directory 755 a/b/c",
                            "file 644 0 a/b/c/file", "directory 755 a/b-2", "file 644 0 a/b-2/file"));
}

TEST(ZipPackage, GivesModesToEntriesThatHaveNone) {
    const auto package = open_bytes(build_zip({
        {.name = "dos", .host = 0, .attributes = 0x20},
        {.name = "dos-dir/", .host = 0, .attributes = 0x10},
        {.name = "dos-with-mode", .mode = 0104777, .host = 0},
        {.name = "ntfs", .host = 10},
        {.name = "os-x", .mode = 0100711, .host = 19},
        {.name = "unix-typeless", .mode = 0640},
        {.name = "unix-without", .mode = 0},
        {.name = "unix-without-dir/", .mode = 0},
        {.name = "unix-zero", .mode = 0100000},
    }));
    ASSERT_TRUE(package) << error_of(package);
    EXPECT_THAT(
        describe(**package),
        ElementsAre("file 644 0 dos", "directory 755 dos-dir", "file 644 0 dos-with-mode", "file 644 0 ntfs",
                    "file 711 0 os-x", "file 640 0 unix-typeless", "file 644 0 unix-without",
                    "directory 755 unix-without-dir", "file 0 0 unix-zero"));
}

TEST(ZipPackage, DropsSetGidAndStickyBitsOfDirectories) {
    const auto package = open_bytes(build_zip({{.name = "shared/", .mode = 043775}}));
    ASSERT_TRUE(package) << error_of(package);
    EXPECT_THAT(describe(**package), ElementsAre("directory 775 shared"));
}

TEST(ZipPackage, KeepsUnusualNames) {
    const std::vector<std::string> names = {" leading",           "-rf",          "back\\slash",
                                            "line\nbreak",        "*.txt",        "C:/drive",
                                            "gr\xC3\xBC\xC3\x9F", "latin-1 \xFC", std::string(255, 'n')};
    std::vector<support::ZipEntry> entries;
    for (const auto& name : names) entries.push_back({.name = name, .bytes = name});
    entries[6].flags = 1U << 11U;  // says that it is UTF-8; the others do not say
    const auto package = open_bytes(build_zip(entries));
    ASSERT_TRUE(package) << error_of(package);
    for (const auto& name : names) EXPECT_EQ(bytes_of(**package, name), name);
}

TEST(ZipPackage, ReadsDeflatedEntriesAndThoseWithADescriptorBehindThem) {
    const std::string data = deflate_stored("deflated") + "PK\7\10 descriptor";
    const auto package = open_bytes(
        build_zip({{.name = "a",
                    .bytes = "deflated",
                    .flags = 1U << 3U,
                    .method = 8,
                    .data = data,
                    .compressed_size = deflate_stored("deflated").size()},
                   {.name = "b", .bytes = "after", .local_extra = std::string("UT\5\0\1abcd", 9)}}));
    ASSERT_TRUE(package) << error_of(package);
    EXPECT_EQ(bytes_of(**package, "a"), "deflated");
    EXPECT_EQ(bytes_of(**package, "b"), "after");
}

TEST(ZipPackage, ReadsAnEmptyFileThatIsCalledDeflatedAndHasNoStream) {
    const auto package = open_bytes(build_zip({{.name = "a", .method = 8}, {.name = "b", .bytes = "after"}}));
    ASSERT_TRUE(package) << error_of(package);
    EXPECT_EQ(bytes_of(**package, "a"), "");
    EXPECT_EQ(bytes_of(**package, "b"), "after");
}

TEST(ZipPackage, ReadsInPiecesOfAnySize) {
    std::string bytes;
    for (int i = 0; i < 20'000; ++i) bytes += static_cast<char>(i % 251);
    const auto package =
        open_bytes(build_zip({{.name = "a", .bytes = bytes, .method = 8, .data = deflate_stored(bytes)}}));
    ASSERT_TRUE(package) << error_of(package);
    const auto reader = (*package)->open(0).value();
    std::string read;
    std::vector<std::byte> piece(777);
    for (;;) {
        const std::size_t count = reader->read(piece).value();
        read.append(reinterpret_cast<const char*>(piece.data()), count);
        if (count < piece.size()) break;
    }
    EXPECT_EQ(read, bytes);
    EXPECT_EQ(reader->read(piece).value(), 0U);
}

TEST(ZipPackage, ReadsZip64) {
    const auto package = open_bytes(
        build_zip({{.name = "a", .bytes = "first", .extra = std::string("UT\1\0x", 5), .zip64 = true},
                   {.name = "b", .bytes = "second"}},
                  {.entries = 0xFFFF, .directory_offset = 0xFFFFFFFF, .zip64 = true}));
    ASSERT_TRUE(package) << error_of(package);
    EXPECT_EQ(bytes_of(**package, "a"), "first");
    EXPECT_EQ(bytes_of(**package, "b"), "second");
}

TEST(ZipPackage, KnowsSizesOver4GiB) {
    // 5 GiB that deflate could have made of 6 MiB; only the listing is looked at.
    const PackageLimits limits = {.max_unpacked_bytes = 6 * k_gib};
    const auto package = open_bytes(build_zip({{.name = "large",
                                                .method = 8,
                                                .data = std::string(30 * k_mib, 'x'),
                                                .size = 5 * k_gib,
                                                .zip64 = true}}),
                                    limits);
    ASSERT_TRUE(package) << error_of(package);
    EXPECT_THAT(describe(**package), ElementsAre("file 644 5368709120 large"));
}

TEST(ZipPackage, AnEmptyZipIsAPackageWithoutEntries) {
    const auto package = open_bytes(build_zip({}));
    ASSERT_TRUE(package) << error_of(package);
    EXPECT_TRUE((*package)->entries().empty());
}

TEST(ZipPackage, TakesAComment) {
    const auto package =
        open_bytes(build_zip({{.name = "a", .bytes = "x"}}, {.comment = std::string(65535, 'c')}));
    ASSERT_TRUE(package) << error_of(package);
    EXPECT_EQ(bytes_of(**package, "a"), "x");
}

TEST(ZipPackage, KeepsSymlinksThatStayInside) {
    const auto package = open_bytes(build_zip({{.name = "a/b/up", .bytes = "../../lib/x", .mode = 0120777},
                                               {.name = "a/dangling", .bytes = "nowhere", .mode = 0120777},
                                               {.name = "lib/x", .bytes = "x"},
                                               {.name = "top", .bytes = ".", .mode = 0120777}}));
    ASSERT_TRUE(package) << error_of(package);
    EXPECT_THAT(describe(**package),
                ElementsAre("directory 755 a", "directory 755 a/b", "symlink 777 a/b/up -> ../../lib/x",
                            "symlink 777 a/dangling -> nowhere", "directory 755 lib", "file 644 1 lib/x",
                            "symlink 777 top -> ."));
}

TEST(ZipPackage, IsOpenedByItsContentNotItsName) {
    const Workspace work;
    write_file(work.path("deploy.bin"), build_zip({{.name = "a", .bytes = "x"}}));
    const auto package = open_package(work.path("deploy.bin"));
    ASSERT_TRUE(package) << error_of(package);
    EXPECT_EQ(bytes_of(**package, "a"), "x");
}

TEST(ZipPackage, ReadsFromSeveralThreadsAndSeveralReadersAtOnce) {
    std::vector<support::ZipEntry> entries;
    for (int i = 0; i < 50; ++i) {
        const std::string bytes(20'000, static_cast<char>('0' + i));
        entries.push_back(
            {.name = std::to_string(i), .bytes = bytes, .method = 8, .data = deflate_stored(bytes)});
    }
    const auto package = open_bytes(build_zip(entries)).value();
    const auto first = package->open(0).value();
    const auto second = package->open(1).value();
    std::vector<std::byte> piece(100);
    EXPECT_EQ(first->read(piece).value(), 100U);
    EXPECT_EQ(second->read(piece).value(), 100U);
    EXPECT_EQ(first->read(piece).value(), 100U);

    std::atomic<int> right = 0;
    std::vector<std::thread> threads;
    for (int thread = 0; thread < 4; ++thread) {
        threads.emplace_back([&] {
            for (std::size_t i = 0; i < package->entries().size(); ++i) {
                const auto number = std::stoi(package->entries()[i].path);
                if (read_entry(*package, i, k_mib) == std::string(20'000, static_cast<char>('0' + number)))
                    ++right;
            }
        });
    }
    for (auto& thread : threads) thread.join();
    EXPECT_EQ(right, 200);
}

// What zip(1) makes of a directory must read as that directory.
TEST(ZipPackage, ReadsWhatZipWrites) {
    const Workspace work;
    const std::string tree = work.path("tree");
    ASSERT_EQ(::mkdir(tree.c_str(), 0755), 0);
    ASSERT_EQ(::mkdir((tree + "/lib").c_str(), 0700), 0);
    ASSERT_EQ(::mkdir((tree + "/empty").c_str(), 0755), 0);
    write_file(tree + "/lib/run", std::string(100'000, 'r'), 0755);
    write_file(tree + "/-name", "with a dash", 0640);
    write_file(tree + "/gr\xC3\xBC\xC3\x9F", "umlaut");
    ASSERT_EQ(::symlink("lib/run", (tree + "/run").c_str()), 0);
    const std::string command =
        "cd " + tree + " && zip -q -r -y ../tree.zip . && zip -q -r -y -fz ../tree64.zip .";
    ASSERT_EQ(std::system(command.c_str()), 0) << "needs zip(1)";

    const auto directory = open_package(tree).value();
    for (const char* name : {"tree.zip", "tree64.zip"}) {
        const auto package = open_package(work.path(name));
        ASSERT_TRUE(package) << error_of(package);
        EXPECT_EQ(describe(**package), describe(*directory));
        EXPECT_EQ(bytes_of(**package, "lib/run"), std::string(100'000, 'r'));
        EXPECT_EQ(bytes_of(**package, "-name"), "with a dash");
    }
}

}  // namespace
}  // namespace ballast
