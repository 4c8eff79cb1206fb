#include "analyze/analysis_json.hpp"
#include "analyze/baseline.hpp"
#include "analyze/baseline_report.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <string>

#include "support/memory_package.hpp"

namespace ballast {
namespace {

using test::MemoryPackage;
using testing::HasSubstr;
using testing::IsEmpty;

Analysis with_packages(const std::string& version, std::size_t bytes, bool extra) {
    MemoryPackage package("f");
    package.file("index.js", std::string(1000, 'x'));
    package.file("node_modules/a/package.json", R"({"name":"a","version":")" + version + R"("})");
    package.file("node_modules/a/a.js", std::string(bytes, 'a'));
    if (extra) package.file("node_modules/b/package.json", R"({"name":"b","version":"1.0.0"})");
    if (extra) package.file("six-1.16.dist-info/METADATA", "Name: six\nVersion: 1.16\n");
    if (!extra) package.file("six-1.15.dist-info/METADATA", "Name: six\nVersion: 1.15\n");
    return analyze(Inventory::take(package).value()).value();
}

Comparison compared(const Analysis& before, const Analysis& after) {
    return compare_with_baseline(after, analysis_json(before).dump(), "base.json").value();
}

TEST(Baseline, NothingChangedWhereAllIsTheSame) {
    const auto analysis = with_packages("1.0.0", 5000, false);
    const auto comparison = compared(analysis, analysis);
    EXPECT_EQ(comparison.bytes(), 0);
    EXPECT_THAT(comparison.packages, IsEmpty());
    EXPECT_THAT(comparison.categories, IsEmpty());
    EXPECT_THAT(comparison.extensions, IsEmpty());
    EXPECT_THAT(comparison_text(comparison, Colours::off),
                testing::StartsWith("\nsince base.json: ±0 B (+0.00 %)"));
}

TEST(Baseline, TellsWhatGrewAndWhatIsNew) {
    const auto comparison = compared(with_packages("1.0.0", 5000, false), with_packages("1.1.0", 9000, true));
    EXPECT_EQ(comparison.bytes(), 4000 + 30);
    ASSERT_EQ(comparison.packages.size(), 3U);
    EXPECT_EQ(comparison.packages[0].name, "a");
    EXPECT_EQ(comparison.packages[0].version_before, "1.0.0");
    EXPECT_EQ(comparison.packages[0].version_after, "1.1.0");
    EXPECT_EQ(comparison.packages[0].bytes(), 4000);
    EXPECT_EQ(comparison.packages[1].name, "b");
    EXPECT_FALSE(comparison.packages[1].was_there);
    EXPECT_EQ(comparison.packages[2].name, "six") << "another version of a Python package has another path";
    EXPECT_EQ(comparison.packages[2].version_before, "1.15");
    const std::string text = comparison_text(comparison, Colours::off);
    EXPECT_THAT(text, HasSubstr("a        1.0.0 → 1.1.0"));
    EXPECT_THAT(text, HasSubstr("new, 1.0.0"));
    const auto back = compared(with_packages("1.1.0", 9000, true), with_packages("1.0.0", 5000, false));
    EXPECT_EQ(back.bytes(), -4030);
    EXPECT_THAT(comparison_text(back, Colours::off), HasSubstr("gone, 1.0.0"));
}

TEST(Baseline, GrowthIsAllowedUpToTheThreshold) {
    auto comparison = compared(with_packages("1.0.0", 5000, false), with_packages("1.0.0", 5100, false));
    ASSERT_EQ(comparison.bytes(), 100);
    const auto over = [&](const std::string& text) {
        comparison.max_growth = parse_max_growth(text).value();
        return comparison.is_over();
    };
    EXPECT_FALSE(over("100"));
    EXPECT_TRUE(over("99"));
    EXPECT_FALSE(over("1KB"));
    EXPECT_TRUE(over("0%"));
    EXPECT_TRUE(over("1%"));
    EXPECT_FALSE(over("2.5%"));
    auto shrunk = compared(with_packages("1.0.0", 5000, false), with_packages("1.0.0", 4000, false));
    shrunk.max_growth = parse_max_growth("0").value();
    EXPECT_FALSE(shrunk.is_over());
}

TEST(Baseline, AThresholdIsASizeOrAPercentage) {
    for (const std::string text : {"x%", "%", "-1%", "1e3%", "2 %%", "nan%", "5XB", ""})
        EXPECT_EQ(parse_max_growth(text).error().code, ErrorCode::usage) << text;
    EXPECT_EQ(parse_max_growth("5MB")->allowed(1), 5U << 20U);
    EXPECT_EQ(parse_max_growth("2%")->allowed(1000), 20U);
}

TEST(Baseline, WhatIsNoReportIsRefused) {
    const auto analysis = with_packages("1.0.0", 5000, false);
    for (const std::string report :
         {"", "{", "[]", "{}", R"({"unzipped":{"bytes":"x"}})", R"({"unzipped":{"bytes":-1}})",
          R"({"unzipped":7})", R"({"unzipped":{"bytes":18446744073709551615}})"}) {
        const auto result = compare_with_baseline(analysis, report, "base.json");
        ASSERT_FALSE(result) << report;
        EXPECT_EQ(result.error().code, ErrorCode::corrupt);
        EXPECT_EQ(result.error().object, "base.json");
    }
}

TEST(Baseline, AnOldersReportIsComparedAsFarAsItGoes) {
    const auto analysis = with_packages("1.0.0", 5000, false);
    const auto comparison =
        compare_with_baseline(
            analysis, R"({"unzipped":{"bytes":10},"packages":7,"categories":[5,{"category":"source"}]})",
            "old.json")
            .value();
    EXPECT_EQ(comparison.before, 10U);
    EXPECT_THAT(comparison.packages, IsEmpty()) << "not all of them new";
    EXPECT_EQ(comparison.zipped_before, std::nullopt);
}

TEST(Baseline, MarkdownIsATableThatNamesCannotBreak) {
    auto analysis = with_packages("1.0.0|<b>", 5000, true);
    analysis.package = "f|`x`";
    const std::string text =
        analysis_markdown(analysis, compared(with_packages("1.0.0", 4000, false), analysis));
    EXPECT_THAT(text, testing::StartsWith("### f\\|\\`x\\`: "));
    EXPECT_THAT(text, HasSubstr("| | before | now | change | limit |\n"));
    EXPECT_THAT(text, HasSubstr("a 1.0.0 → 1.0.0\\|\\<b\\>"));
    for (std::size_t at = 0; at < text.size();) {
        const std::size_t end = text.find('\n', at);
        const std::string line = text.substr(at, end - at);
        if (line.starts_with("| unzipped")) {
            EXPECT_EQ(std::count(line.begin(), line.end(), '|'), 6);
        }
        at = end + 1;
    }
}

}  // namespace
}  // namespace ballast
