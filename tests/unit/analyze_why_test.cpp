#include "analyze/why.hpp"
#include "analyze/why_report.hpp"

#include <elf.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "support/make_elf.hpp"
#include "support/memory_package.hpp"

namespace ballast {
namespace {

using test::ElfRecipe;
using test::make_elf;
using test::MemoryPackage;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

std::string program(std::vector<std::string> needed, std::string runpath = {}) {
    return make_elf({.interpreter = "/lib64/ld-linux-x86-64.so.2",
                     .needed = std::move(needed),
                     .runpath = std::move(runpath)});
}

std::string library(std::string soname, std::vector<std::string> needed = {}, std::string runpath = {}) {
    return make_elf(
        {.soname = std::move(soname), .needed = std::move(needed), .runpath = std::move(runpath)});
}

Why why(const MemoryPackage& package, const std::string& asked) {
    auto found = find_why(Inventory::take(package).value(), asked);
    EXPECT_TRUE(found) << found.error().message;
    return found ? std::move(*found) : Why();
}

std::vector<std::string> chains_of(const NeededThing& thing) {
    std::vector<std::string> lines;
    for (const auto& chain : thing.chains) {
        std::string line;
        for (const auto& step : chain.steps) line += (line.empty() ? "" : " > ") + step;
        lines.push_back(line);
    }
    return lines;
}

std::vector<std::string> needers_of(const NeededThing& thing) {
    std::vector<std::string> lines;
    for (const auto& needer : thing.needed_by)
        lines.push_back(needer.who + (needer.as.empty() ? "" : " as " + needer.as));
    return lines;
}

std::unique_ptr<MemoryPackage> rendering() {
    auto made = std::make_unique<MemoryPackage>();
    MemoryPackage& package = *made;
    package.file("usr/bin/gs", program({"libgs.so.10", "libc.so.6"}), 0755);
    package.file("usr/bin/pdf", program({"libpdf.so.1"}), 0755)
        .file("usr/bin/alone", program({"libc.so.6"}), 0755);
    package.file("usr/lib/libgs.so.10.0", library("libgs.so.10", {"libpng.so.16", "libz.so.1"}));
    package.file("usr/lib/libpng.so.16.1", library("libpng.so.16", {"libz.so.1"}));
    package.file("usr/lib/libpdf.so.1", library("libpdf.so.1", {"libpng.so.16"}));
    package.file("usr/lib/libz.so.1.2", library("libz.so.1")).symlink("usr/lib/libz.so.1", "libz.so.1.2");
    package.file("usr/lib/gs/plugin.so", library("plugin.so", {"libz.so.1"}));
    return made;
}

TEST(WhyLibrary, IsNeededThroughOthers) {
    const Why found = why(*rendering(), "libz.so.1");
    ASSERT_EQ(found.files.size(), 1U);
    const NeededThing& z = found.files.front();
    EXPECT_EQ(z.path, "usr/lib/libz.so.1.2");
    EXPECT_THAT(needers_of(z),
                ElementsAre("usr/lib/gs/plugin.so as libz.so.1", "usr/lib/libgs.so.10.0 as libz.so.1",
                            "usr/lib/libpng.so.16.1 as libz.so.1"));
    EXPECT_THAT(
        chains_of(z),
        ElementsAre("usr/bin/gs > usr/lib/libgs.so.10.0 > usr/lib/libz.so.1.2",
                    "usr/bin/pdf > usr/lib/libpdf.so.1 > usr/lib/libpng.so.16.1 > usr/lib/libz.so.1.2",
                    "usr/lib/gs/plugin.so > usr/lib/libz.so.1.2"));
    EXPECT_EQ(z.chains[0].start, NeedChain::Start::program);
    EXPECT_EQ(z.chains[2].start, NeedChain::Start::loaded);
}

TEST(WhyLibrary, IsFoundByPathSymlinkAndName) {
    const auto made = rendering();
    const MemoryPackage& package = *made;
    for (const std::string asked : {"usr/lib/libz.so.1.2", "./usr/lib/libz.so.1", "libz.so.1.2", "libz.so.1"})
        EXPECT_EQ(why(package, asked).files.front().path, "usr/lib/libz.so.1.2") << asked;
}

TEST(WhyLibrary, NobodyNeedsWhatNobodyNames) {
    const Why found = why(*rendering(), "usr/bin/alone");
    EXPECT_THAT(found.files.front().needed_by, IsEmpty());
    EXPECT_THAT(why_text(found, Colours::off), HasSubstr("no ELF file names it"));
}

TEST(WhyLibrary, ItsSearchPathAndItsOwnDirectoryDecideBetweenCopies) {
    MemoryPackage package;
    package.file("app/bin/a", program({"libx.so"}, "$ORIGIN/../lib"))
        .file("app/lib/libx.so", library("libx.so"));
    package.file("beside/b", program({"libx.so"})).file("beside/libx.so", library("libx.so"));
    package.file("other/libx.so", library("libx.so")).file("unknown/c", program({"libx.so"}));
    EXPECT_THAT(needers_of(why(package, "app/lib/libx.so").files.front()),
                ElementsAre("app/bin/a as libx.so", "unknown/c as libx.so"));
    EXPECT_THAT(needers_of(why(package, "beside/libx.so").files.front()),
                ElementsAre("beside/b as libx.so", "unknown/c as libx.so"));
    EXPECT_EQ(why(package, "libx.so").files.size(), 3U);
}

TEST(WhyLibrary, AnotherMachinesIsNotMeant) {
    MemoryPackage package;
    package.file("bin/a", program({"libx.so"}));
    package.file("arm/libx.so", make_elf({.machine = EM_AARCH64, .soname = "libx.so"}));
    EXPECT_THAT(why(package, "libx.so").files.front().needed_by, IsEmpty());
}

TEST(WhyLibrary, CirclesEnd) {
    MemoryPackage package;
    package.file("lib/liba.so", library("liba.so", {"libb.so"}))
        .file("lib/libb.so", library("libb.so", {"liba.so"}));
    package.file("bin/p", program({"liba.so"}));
    EXPECT_THAT(chains_of(why(package, "libb.so").files.front()),
                ElementsAre("bin/p > lib/liba.so > lib/libb.so"));
}

std::unique_ptr<MemoryPackage> node_function() {
    auto made = std::make_unique<MemoryPackage>();
    MemoryPackage& package = *made;
    package.file("package.json", R"({"dependencies":{"a":"1"},"devDependencies":{"tool":"1"}})");
    package.file("node_modules/a/package.json",
                 R"({"name":"a","version":"1.0.0","dependencies":{"b":"^1"}})");
    package.file("node_modules/a/node_modules/b/package.json", R"({"name":"b","version":"1.5.0"})");
    package.file("node_modules/b/package.json", R"({"name":"b","version":"2.0.0"})");
    package.file("node_modules/tool/package.json",
                 R"({"name":"tool","version":"3.0.0","optionalDependencies":{"b":"2"}})");
    package.file("node_modules/b/index.js", "x");
    return made;
}

TEST(WhyPackage, IsWhatNodeWouldFind) {
    const Why found = why(*node_function(), "b");
    ASSERT_EQ(found.packages.size(), 2U);
    EXPECT_EQ(found.packages[0].path, "node_modules/a/node_modules/b");
    EXPECT_THAT(needers_of(found.packages[0]), ElementsAre("a 1.0.0"));
    EXPECT_THAT(chains_of(found.packages[0]), ElementsAre("package.json > a 1.0.0 > b 1.5.0"));
    EXPECT_THAT(needers_of(found.packages[1]), ElementsAre("tool 3.0.0 as optional"));
    EXPECT_THAT(chains_of(found.packages[1]), ElementsAre("package.json > tool 3.0.0 > b 2.0.0"));
}

TEST(WhyPackage, IsFoundByVersionPathAndFile) {
    const auto made = node_function();
    const MemoryPackage& package = *made;
    EXPECT_EQ(why(package, "b@2.0.0").packages.size(), 1U);
    EXPECT_EQ(why(package, "node_modules/b/").packages.front().what, "b 2.0.0");
    const Why file = why(package, "node_modules/b/index.js");
    EXPECT_EQ(file.packages.front().what, "b 2.0.0");
    EXPECT_EQ(file.files.front().path, "node_modules/b/index.js");
}

TEST(WhyPackage, IsFoundThroughPnpmsLinks) {
    MemoryPackage package;
    package.file("package.json", R"({"dependencies":{"a":"1"}})")
        .symlink("node_modules/a", ".pnpm/a@1/node_modules/a");
    package.file("node_modules/.pnpm/a@1/node_modules/a/package.json",
                 R"({"name":"a","version":"1","dependencies":{"b":"1"}})");
    package.symlink("node_modules/.pnpm/a@1/node_modules/b", "../../b@1/node_modules/b");
    package.file("node_modules/.pnpm/b@1/node_modules/b/package.json", R"({"name":"b","version":"1"})");
    EXPECT_THAT(chains_of(why(package, "b").packages.front()), ElementsAre("package.json > a 1 > b 1"));
}

TEST(WhyPackage, OfPythonIsWhatMetadataNames) {
    MemoryPackage package;
    package.file("requirements.txt", "# ours\nPandas>=2\n-r more.txt\n");
    package.file("pandas-2.dist-info/METADATA",
                 "Name: pandas\nVersion: 2\nRequires-Dist: numpy>=1\nRequires-Dist: Py_tz; extra == 'tz'\n");
    package.file("numpy-1.dist-info/METADATA", "Name: numpy\nVersion: 1\n");
    package.file("py_tz-3.dist-info/METADATA", "Name: py-tz\nVersion: 3\n");
    EXPECT_THAT(chains_of(why(package, "NumPy").packages.front()),
                ElementsAre("requirements.txt > pandas 2 > numpy 1"));
    EXPECT_THAT(needers_of(why(package, "py.tz").packages.front()), ElementsAre("pandas 2 as extra tz"));
}

TEST(WhyPackage, WithoutAProjectWhatNobodyAsksForIsTheStart) {
    MemoryPackage package;
    package.file("node_modules/a/package.json", R"({"name":"a","version":"1","dependencies":{"b":"1"}})");
    package.file("node_modules/b/package.json", R"({"name":"b","version":"1"})");
    const Why found = why(package, "b");
    EXPECT_EQ(found.packages.front().chains.front().start, NeedChain::Start::independent);
    EXPECT_THAT(why_text(why(package, "a"), Colours::off), HasSubstr("no package asks for it"));
}

TEST(Why, SaysWhatItDoesNotKnow) {
    const auto made = rendering();
    const MemoryPackage& package = *made;
    const Inventory inventory = Inventory::take(package).value();
    EXPECT_EQ(find_why(inventory, "libnone.so").error().code, ErrorCode::not_found);
    EXPECT_EQ(find_why(inventory, "usr/lib").error().code, ErrorCode::usage);
    EXPECT_EQ(find_why(inventory, "").error().code, ErrorCode::not_found);
}

TEST(Why, ReadsAsText) {
    EXPECT_EQ(why_text(why(*rendering(), "libpng.so.16"), Colours::off),
              "usr/lib/libpng.so.16.1: 280 B\n"
              "\n"
              "  needed by              as\n"
              "  usr/lib/libgs.so.10.0  libpng.so.16\n"
              "  usr/lib/libpdf.so.1    libpng.so.16\n"
              "\n"
              "programs that load it:\n"
              "  usr/bin/gs → libgs.so.10.0 → libpng.so.16.1\n"
              "  usr/bin/pdf → libpdf.so.1 → libpng.so.16.1\n");
}

TEST(Why, HasTheFieldsOfTheContract) {
    const auto json = why_json(why(*node_function(), "b@1.5.0"));
    EXPECT_EQ(
        json.dump(),
        R"({"asked":"b@1.5.0","files":[],"packages":[{"what":"b 1.5.0","path":"node_modules/a/node_modules/b",)"
        R"("bytes":30,"needed_by":[{"who":"a 1.0.0","as":""}],)"
        R"("chains":[{"start":"project","steps":["package.json","a 1.0.0","b 1.5.0"]}]}]})");
}

}  // namespace
}  // namespace ballast
