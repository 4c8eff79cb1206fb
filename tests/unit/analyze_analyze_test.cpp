#include "analyze/analyze.hpp"
#include "analyze/analysis_json.hpp"
#include "analyze/analysis_text.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <nlohmann/json.hpp>
#include <numeric>
#include <regex>
#include <string>

#include "base/file.hpp"
#include "support/make_elf.hpp"
#include "support/memory_package.hpp"

namespace ballast {
namespace {

using test::ElfRecipe;
using test::make_elf;
using test::MemoryPackage;

std::string elf_of(std::size_t bytes) {
    const std::size_t bare = make_elf().size();
    return make_elf(ElfRecipe{.padding = bytes - bare});
}

void fill(MemoryPackage& package) {
    package.file("index.js", std::string(2000, 'i')).file("node_modules/a/index.js", std::string(3000, 'a'));
    package.file("node_modules/b/index.js", std::string(3000, 'b'))
        .file("usr/bin/tool", elf_of(90'000), 0755);
    package.file("usr/share/tool/data", std::string(1000, 'd')).file("logo.png", std::string(1000, 'l'));
    package.symlink("tool", "usr/bin/tool").directory("empty");
}

Analysis analysis_of_example(const std::string& name) {
    MemoryPackage package(name);
    fill(package);
    return analyze(Inventory::take(package).value()).value();
}

TEST(Analyze, EveryByteIsInExactlyOneCategory) {
    MemoryPackage package;
    fill(package);
    const auto analysis = analyze(Inventory::take(package).value()).value();
    std::uint64_t all = 0;
    for (const auto& entry : package.entries()) all += entry.size;
    std::uint64_t parts = 0;
    std::uint64_t files = 0;
    std::uint32_t hundredths = 0;
    for (const auto& part : analysis.categories) {
        parts += part.bytes;
        files += part.files;
        hundredths += part.hundredths;
    }
    EXPECT_EQ(analysis.bytes, all);
    EXPECT_EQ(parts, all);
    EXPECT_EQ(files, 6U);
    EXPECT_EQ(analysis.files, 6U);
    EXPECT_EQ(analysis.symlinks, 1U);
    EXPECT_EQ(analysis.directories, 8U);
    EXPECT_EQ(hundredths, 10'000U);
    EXPECT_EQ(analysis.unzipped.bytes, all);
    EXPECT_EQ(analysis.unzipped.limit_bytes, 262'144'000U);
    EXPECT_EQ(analysis.zipped->limit_bytes, 52'428'800U);
}

TEST(Analyze, ThePercentagesAsPrintedAddUpToAHundred) {
    MemoryPackage package;
    package.file("a.js", std::string(1, 'x'))
        .file("node_modules/b", std::string(1, 'x'))
        .file("c.png", std::string(1, 'x'));
    const std::string text = analysis_text(analyze(Inventory::take(package).value()).value(), Colours::off);
    const std::regex percent(R"(([0-9]+)\.([0-9][0-9]) %)");
    int sum = 0;
    int lines = 0;
    for (auto at = std::sregex_iterator(text.begin(), text.end(), percent);
         at != std::sregex_iterator() && lines < 4; ++at) {
        sum += std::stoi((*at)[1]) * 100 + std::stoi((*at)[2]);
        ++lines;
    }
    EXPECT_EQ(sum, 10'000) << text;
}

TEST(Analyze, AnEmptyPackageHasNoShares) {
    const MemoryPackage nothing("nothing");
    const auto analysis = analyze(Inventory::take(nothing).value()).value();
    EXPECT_EQ(analysis.bytes, 0U);
    for (const auto& part : analysis.categories) EXPECT_EQ(part.hundredths, 0U);
    EXPECT_THAT(analysis.biggest_files, testing::IsEmpty());
    EXPECT_THAT(analysis_text(analysis, Colours::off), testing::StartsWith("nothing: 0 B in 0 files\n"));
}

TEST(Analyze, ListsTheBiggestFilesOfEqualsTheFirst) {
    MemoryPackage package;
    package.file("c", std::string(5, 'x'))
        .file("b", std::string(9, 'x'))
        .file("a", std::string(5, 'x'))
        .file("d/e", std::string(7, 'x'));
    package.file("empty", "");
    AnalyzeOptions options;
    options.biggest = 3;
    const auto analysis = analyze(Inventory::take(package).value(), options).value();
    std::vector<std::string> paths;
    for (const auto& file : analysis.biggest_files) paths.push_back(file.path);
    EXPECT_THAT(paths, testing::ElementsAre("b", "d/e", "a"));
}

TEST(Analyze, ListsTheDirectoriesThatSayMost) {
    MemoryPackage package;
    package.file("usr/lib/x86_64-linux-gnu/liba.so", elf_of(8000))
        .file("usr/lib/x86_64-linux-gnu/libb.so", elf_of(1000));
    package.file("usr/bin/tool", elf_of(500)).file("node_modules/a/i.js", std::string(2000, 'x'));
    package.file("node_modules/b/i.js", std::string(1000, 'x')).directory("empty/below");
    const auto analysis = analyze(Inventory::take(package).value()).value();
    std::vector<std::string> list;
    for (const auto& directory : analysis.biggest_directories) {
        list.push_back(directory.path + " " + std::to_string(directory.bytes) + " " +
                       std::to_string(directory.files) + " " +
                       std::string(category_name(directory.category)));
    }
    EXPECT_THAT(
        list, testing::ElementsAre("usr/lib/x86_64-linux-gnu/ 9000 2 binaries",
                                   "node_modules/ 3000 2 language_dependencies",
                                   "node_modules/a/ 2000 1 language_dependencies",
                                   "node_modules/b/ 1000 1 language_dependencies", "usr/bin/ 500 1 binaries"))
        << "usr/ and usr/lib/ are little more than what is in them";
}

TEST(Analyze, ALimitIsReachedOnlyBeyondIt) {
    MemoryPackage package;
    package.file("a.js", std::string(1000, 'x'));
    AnalyzeOptions options;
    options.max_unzipped_bytes = 1000;
    EXPECT_FALSE(analyze(Inventory::take(package).value(), options)->unzipped.is_over());
    options.max_unzipped_bytes = 999;
    const auto analysis = analyze(Inventory::take(package).value(), options).value();
    EXPECT_TRUE(analysis.unzipped.is_over());
    EXPECT_THAT(analysis_text(analysis, Colours::off), testing::HasSubstr("1 B over the limit of 999 B"));
}

TEST(Analyze, AZipIsAsBigAsItIsAndADirectoryIsEstimated) {
    const auto directory = TemporaryDirectory::create().value();
    const std::string path = directory.path() + "/function.zip";
    std::ofstream(path) << std::string(1234, 'z');
    const auto of_zip = analysis_of_example(path);
    EXPECT_EQ(of_zip.zipped->bytes, 1234U);
    EXPECT_FALSE(of_zip.zipped->estimated);
    const auto of_directory = analysis_of_example(directory.path());
    EXPECT_TRUE(of_directory.zipped->estimated);
    EXPECT_GT(of_directory.zipped->bytes, 1000U) << "six headers with names, at least";
    EXPECT_LT(of_directory.zipped->bytes, 5000U);
    EXPECT_THAT(analysis_text(of_directory, Colours::off), testing::HasSubstr("≈ "));
    EXPECT_THAT(analysis_text(of_zip, Colours::off), testing::HasSubstr("\nzipped     1.2 KB  "));
}

TEST(Analyze, PassesOnWhatCannotBeRead) {
    MemoryPackage package;
    fill(package);
    const Inventory inventory = Inventory::take(package).value();
    package.damage("logo.png");
    const auto analysis = analyze(inventory);
    ASSERT_FALSE(analysis);
    EXPECT_EQ(analysis.error().object, "logo.png");
}

TEST(AnalysisText, ReadsAsATable) {
    const auto directory = TemporaryDirectory::create().value();
    const std::string path = directory.path() + "/f";
    std::ofstream(path) << std::string(10 * 1024, 'z');
    MemoryPackage package(path);
    fill(package);
    package.file("usr/lib/libnew.so",
                 make_elf(ElfRecipe{.versions = {{"libc.so.6", "GLIBC_2.38"}}, .padding = 100}));
    AnalyzeOptions options;
    options.biggest = 2;
    auto analysis = analyze(Inventory::take(package).value(), options).value();
    analysis.package = "function.zip";
    EXPECT_EQ(analysis_text(analysis, Colours::off),
              "function.zip: 98.1 KB in 7 files\n"
              "\n"
              "                                     size     share  ≈ zipped  files\n"
              "source                             2.0 KB    1.99 %      14 B      1  ▍\n"
              "language dependencies              5.9 KB    5.97 %      45 B      2  █▎\n"
              "executables and system libraries  89.3 KB   91.04 %     315 B      3  ████████████████████\n"
              "other                              1000 B    1.00 %      11 B      1  ▏\n"
              "------------------------------------------------------------------------------------------\n"
              "all                               98.1 KB  100.00 %     385 B      7\n"
              "\n"
              "unzipped  98.1 KB  250 MB under the limit of 250 MB\n"
              "zipped    10.0 KB  50.0 MB under the limit of 50.0 MB for direct uploads\n"
              "\n"
              "   size    share  ≈ zipped  biggest files\n"
              "87.9 KB  89.63 %     199 B  usr/bin/tool\n"
              " 2.9 KB   2.99 %      22 B  node_modules/a/index.js\n"
              "\n"
              "   size    share  ≈ zipped  biggest directories\n"
              "87.9 KB  89.63 %     199 B  usr/bin/\n"
              " 5.9 KB   5.98 %      45 B  node_modules/\n"
              "\n"
              "   size    share  ≈ zipped  files  extension\n"
              "88.9 KB  90.63 %     202 B      2  (none)\n"
              " 7.8 KB   7.97 %      59 B      3  .js\n"
              " 1000 B   1.00 %      11 B      1  .png\n"
              "  412 B   0.41 %     113 B      1  .so\n"
              "\n"
              "will not run on Lambda (x86-64, Amazon Linux 2023):\n"
              "  usr/lib/libnew.so: needs glibc 2.38, but the base image has 2.34\n");
}

TEST(AnalysisText, ShowsNoBytesOfNamesThatATerminalObeys) {
    MemoryPackage package("evil\x1b[2J");
    package.file("name\x1b]0;owned\x07.js", "text");
    const auto text = analysis_text(analyze(Inventory::take(package).value()).value(), Colours::off);
    EXPECT_EQ(text.find('\x1b'), std::string::npos);
    EXPECT_EQ(text.find('\x07'), std::string::npos);
}

TEST(AnalysisText, ListsTenLacksAndSaysHowManyMoreThereAre) {
    MemoryPackage package;
    for (int i = 10; i < 22; ++i)
        package.file("bin/tool" + std::to_string(i), make_elf(ElfRecipe{.needed = {"libx.so"}}));
    const auto text = analysis_text(analyze(Inventory::take(package).value()).value(), Colours::off);
    EXPECT_THAT(text, testing::HasSubstr("bin/tool19: needs libx.so"));
    EXPECT_THAT(text, testing::Not(testing::HasSubstr("bin/tool20: needs")));
    EXPECT_THAT(text, testing::HasSubstr("  and 2 more, which --json lists\n"));
}

// docs/analyze.md promises these fields.
TEST(AnalysisJson, HasTheFieldsOfTheContract) {
    MemoryPackage package("f");
    package.file("a.js", std::string(300, 'x')).file("bin/tool", make_elf(ElfRecipe{.machine = EM_AARCH64}));
    package.file("bad\xFF.png", std::string(100, 'x'));
    auto analysis = analyze(Inventory::take(package).value()).value();
    analysis.zipped->bytes = 700;
    const auto json = analysis_json(analysis);
    EXPECT_EQ(json["package"], "f");
    EXPECT_EQ(json["bytes"], analysis.bytes);
    EXPECT_EQ(json["files"], 3);
    EXPECT_EQ(json["directories"], 1);
    EXPECT_EQ(json["symlinks"], 0);
    ASSERT_EQ(json["categories"].size(), 4U);
    EXPECT_EQ(json["categories"][0]["category"], "source");
    EXPECT_EQ(json["categories"][0]["bytes"], 300);
    EXPECT_EQ(json["categories"][0]["files"], 1);
    EXPECT_EQ(json["unzipped"].dump(), R"({"bytes":)" + std::to_string(analysis.bytes) +
                                           R"(,"limit_bytes":262144000,"over":false,"estimated":false})");
    EXPECT_EQ(json["zipped"].dump(), R"({"bytes":700,"limit_bytes":52428800,"over":false,"estimated":true})");
    EXPECT_EQ(json["biggest_files"][2].dump(),
              R"({"path":"bad\\xff.png","bytes":100,"compressed_bytes":6,"files":1,"category":"other"})");
    EXPECT_EQ(json["biggest_directories"][0]["path"], "bin/");
    EXPECT_EQ(json["lacks"].dump(),
              R"([{"path":"bin/tool","message":"is for aarch64, but the function runs on x86-64"}])");
    double percent = 0;
    for (const auto& part : json["categories"]) percent += part["percent"].get<double>();
    EXPECT_NEAR(percent, 100, 1e-9);
}

TEST(InstalledPackages, AreListedWithWhatTheyTakeAndHowOftenTheyAreThere) {
    MemoryPackage package;
    for (const std::string at :
         {"node_modules/a", "node_modules/b/node_modules/a", "node_modules/c/node_modules/a"}) {
        const std::string version = at == "node_modules/a" ? "2.0.0" : "1.0.0";
        package.file(at + "/package.json", R"({"name":"a","version":")" + version + R"("})");
        package.file(at + "/a.js", std::string(at == "node_modules/a" ? 5000 : 3000, 'x'));
    }
    package.file("node_modules/b/package.json", R"({"name":"b","version":"1"})");
    const auto analysis = analyze(Inventory::take(package).value()).value();
    EXPECT_EQ(analysis.packages.front().package.path, "node_modules/a");
    EXPECT_EQ(analysis.packages.front().bytes, 5000U + 30U);
    EXPECT_EQ(analysis.packages.front().files, 2U);
    ASSERT_EQ(analysis.package_copies.size(), 1U);
    const auto& copies = analysis.package_copies.front();
    EXPECT_EQ(copies.name, "a");
    EXPECT_EQ(copies.copies, 3U);
    EXPECT_EQ(copies.extra_bytes, 2 * (3000U + 30U));
    ASSERT_EQ(copies.versions.size(), 2U);
    EXPECT_EQ(copies.versions[1].version, "1.0.0");
    EXPECT_THAT(copies.versions[1].paths,
                testing::ElementsAre("node_modules/b/node_modules/a", "node_modules/c/node_modules/a"));
}

}  // namespace
}  // namespace ballast
