#include "analyze/duplicates.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "analyze/analyze.hpp"
#include "analyze/leftovers.hpp"
#include "support/make_elf.hpp"
#include "support/memory_package.hpp"

namespace ballast {
namespace {

using test::MemoryPackage;
using testing::ElementsAre;
using testing::IsEmpty;

TEST(EqualFiles, AreThoseOfTheSameBytes) {
    MemoryPackage package;
    package.file("a", std::string(100, 'x'))
        .file("b", std::string(100, 'x'))
        .file("c", std::string(100, 'y'));
    package.file("d", std::string(300, 'z'))
        .file("e/f", std::string(300, 'z'))
        .file("e/g", std::string(300, 'z'));
    package.file("empty1").file("empty2").symlink("link", "a");
    const auto sets = find_equal_files(package).value();
    ASSERT_EQ(sets.size(), 2U);
    EXPECT_EQ(sets[0].extra_bytes(), 600U);
    EXPECT_THAT(sets[0].entries,
                ElementsAre(package.index_of("d"), package.index_of("e/f"), package.index_of("e/g")));
    EXPECT_THAT(sets[1].entries, ElementsAre(package.index_of("a"), package.index_of("b")));
}

TEST(EqualFiles, OnlyThoseOfACommonSizeAreRead) {
    MemoryPackage package;
    for (std::size_t i = 1; i < 50; ++i) package.file("f" + std::to_string(i), std::string(i, 'x'));
    package.file("same", std::string(7, 'x'));
    ASSERT_EQ(find_equal_files(package).value().size(), 1U);
    EXPECT_THAT(package.opened(), ElementsAre("f7", "same"));
}

TEST(EqualFiles, OneByteAtTheEndOfALargeOneTells) {
    MemoryPackage package;
    std::string bytes(1 << 20, 'x');
    package.file("a", bytes);
    bytes.back() = 'y';
    package.file("b", bytes);
    EXPECT_THAT(find_equal_files(package).value(), IsEmpty());
}

TEST(EqualFiles, PassOnWhatCannotBeRead) {
    MemoryPackage package;
    package.file("a", "12345").file("b", "12345").damage("b");
    EXPECT_EQ(find_equal_files(package).error().object, "b");
}

TEST(EqualFiles, AreSummedUp) {
    MemoryPackage package;
    for (int i = 0; i < 150; ++i) {
        const std::string bytes(static_cast<std::size_t>(10 + i), 'x');
        package.file("a" + std::to_string(i), bytes).file("b" + std::to_string(i), bytes);
    }
    for (int i = 0; i < 30; ++i) package.file("c" + std::to_string(i), std::string(1000, 'c'));
    const auto found = analyze(Inventory::take(package).value()).value().duplicate_files;
    EXPECT_EQ(found.sets, 151U);
    EXPECT_EQ(found.extra_files, 150U + 29U);
    std::uint64_t bytes = 29'000;
    for (std::uint64_t i = 0; i < 150; ++i) bytes += 10 + i;
    EXPECT_EQ(found.extra_bytes, bytes);
    ASSERT_EQ(found.biggest.size(), k_sets_listed);
    EXPECT_EQ(found.biggest[0].copies, 30U);
    EXPECT_EQ(found.biggest[0].paths.size(), k_paths_listed);
}

std::vector<std::string> leftovers_of(MemoryPackage& package) {
    const auto kinds = find_leftovers(Inventory::take(package).value());
    std::vector<std::string> list;
    for (std::size_t i = 0; i < kinds.size(); ++i) {
        if (kinds[i])
            list.push_back(package.entries()[i].path + ": " + std::string(leftover_name(*kinds[i])));
    }
    return list;
}

TEST(Leftovers, AreKnownByTheirNamesAndPlaces) {
    MemoryPackage package;
    const std::string in = "node_modules/a/";
    for (const std::string name :
         {"index.js", "index.js.map", "index.d.ts", "README.md", "LICENSE.md", "NOTICE", "CHANGELOG",
          "docs/guide.txt", "docs/code.js", "test/a.js", "src/b.test.ts", "test/a.js.map", "binding.cc",
          "types.pyi", "tests/LICENSE"}) {
        package.file(in + name, "x");
    }
    EXPECT_THAT(leftovers_of(package),
                ElementsAre(in + "CHANGELOG: documentation", in + "README.md: documentation",
                            in + "binding.cc: development", in + "docs/guide.txt: documentation",
                            in + "index.d.ts: type_declarations", in + "index.js.map: source_maps",
                            in + "src/b.test.ts: tests", in + "test/a.js: tests",
                            in + "test/a.js.map: source_maps", in + "types.pyi: type_declarations"));
}

TEST(Leftovers, APackagesOwnNameSaysNothing) {
    MemoryPackage package;
    package.file("node_modules/test/index.js", "x").file("node_modules/@x/docs/a.txt", "x");
    package.file("site-packages/tests/a.py", "x")
        .file("botocore-1.dist-info/RECORD", "botocore/docs/a.py,,\n");
    package.file("botocore/docs/a.py", "x");
    EXPECT_THAT(leftovers_of(package), IsEmpty());
}

TEST(Leftovers, OfTheFunctionItselfOnlyTestsAndMapsCount) {
    MemoryPackage package;
    package.file("handler.js", "x").file("handler.js.map", "x").file("test/handler.js", "x");
    package.file("content/post.md", "x").file("docs/page.html", "x").file("native.c", "x");
    EXPECT_THAT(leftovers_of(package), ElementsAre("handler.js.map: source_maps", "test/handler.js: tests"));
}

TEST(Leftovers, AreSummedUpWithTheBiggest) {
    MemoryPackage package;
    for (std::size_t i = 1; i <= 5; ++i)
        package.file("node_modules/a/" + std::to_string(i) + ".js.map", std::string(i * 100, 'x'));
    const auto analysis = analyze(Inventory::take(package).value()).value();
    const auto& maps = analysis.leftovers.at(static_cast<std::size_t>(Leftover::source_maps));
    EXPECT_EQ(maps.bytes, 1500U);
    EXPECT_EQ(maps.files, 5U);
    ASSERT_EQ(maps.biggest.size(), 3U);
    EXPECT_EQ(maps.biggest.front().path, "node_modules/a/5.js.map");
}

}  // namespace
}  // namespace ballast
