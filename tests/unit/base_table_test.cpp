#include "base/table.hpp"

#include <gtest/gtest.h>

#include <cstdint>
#include <numeric>
#include <string>
#include <vector>

#include "base/share.hpp"
#include "base/utf8.hpp"

namespace ballast {
namespace {

Table example() {
    Table table({{"size", Align::right}, {"share", Align::right}, {"what", Align::left}});
    table.add_row({"2.4 MB", "80.00 %", "executables"});
    table.add_row({"0.6 MB", "20.00 %", "source"});
    table.add_rule();
    table.add_row({"3.0 MB", "", "all"});
    return table;
}

TEST(Table, AlignsColumnsAndLeavesNoSpacesAtTheEnd) {
    EXPECT_EQ(example().to_string(),
              "  size    share  what\n"
              "2.4 MB  80.00 %  executables\n"
              "0.6 MB  20.00 %  source\n"
              "----------------------------\n"
              "3.0 MB           all\n");
}

TEST(Table, WithoutTitlesHasNoHeader) {
    Table table({{"", Align::left}, {"", Align::right}});
    table.add_row({"a", "10"});
    table.add_row({"long", "2"});
    EXPECT_EQ(table.to_string(), "a     10\nlong   2\n");
}

TEST(Table, ColoursOnlyWhenAskedAndWithoutMovingAnything) {
    const std::string plain = example().to_string();
    std::string coloured = example().to_string(Colours::on);
    EXPECT_EQ(plain.find('\x1b'), std::string::npos);
    EXPECT_NE(coloured.find('\x1b'), std::string::npos);
    for (std::size_t at = coloured.find('\x1b'); at != std::string::npos; at = coloured.find('\x1b')) {
        coloured.erase(at, coloured.find('m', at) - at + 1);
    }
    EXPECT_EQ(coloured, plain);
}

TEST(Table, CountsColumnsNotBytes) {
    Table table({{"", Align::left}, {"", Align::left}});
    table.add_row({"K\xC3\xB6ln", "|"});               // precomposed
    table.add_row({"Ko\xCC\x88ln", "|"});              // o with a combining mark
    table.add_row({"\xE6\x97\xA5\xE6\x9C\xAC", "|"});  // two wide characters
    table.add_row({"bad\xFF", "|"});
    EXPECT_EQ(table.to_string(),
              "K\xC3\xB6ln  |\n"
              "Ko\xCC\x88ln  |\n"
              "\xE6\x97\xA5\xE6\x9C\xAC  |\n"
              "bad\xFF  |\n");
}

TEST(Utf8, RefusesWhatIsNotWellFormed) {
    EXPECT_EQ(first_code_point("\xF0\x9F\x98\x80!").value, U'\x1F600');
    EXPECT_EQ(first_code_point("\xF0\x9F\x98\x80!").bytes, 4U);
    for (const char* text :
         {"\x80", "\xC0\x80", "\xC1\xBF", "\xE0\x9F\xBF", "\xED\xA0\x80", "\xF0\x8F\xBF\xBF",
          "\xF4\x90\x80\x80", "\xF5\x80\x80\x80", "\xE2\x82", "\xC3("}) {
        EXPECT_EQ(first_code_point(text).bytes, 0U) << text;
    }
}

std::uint32_t sum(const std::vector<std::uint32_t>& shares) {
    return std::accumulate(shares.begin(), shares.end(), std::uint32_t{0});
}

TEST(Share, IsAPercentageAndNothingOfNothing) {
    EXPECT_DOUBLE_EQ(percent_of(1, 4), 25);
    EXPECT_DOUBLE_EQ(percent_of(0, 0), 0);
}

TEST(Shares, AddUpToAHundredPercent) {
    const std::vector<std::uint64_t> thirds = {1, 1, 1};
    EXPECT_EQ(shares_of(thirds), (std::vector<std::uint32_t>{3334, 3333, 3333}));
    const std::vector<std::uint64_t> sevenths = {1, 2, 4, 0};
    EXPECT_EQ(sum(shares_of(sevenths)), 10'000U);
    EXPECT_EQ(shares_of(sevenths)[3], 0U);
    const std::vector<std::uint64_t> huge = {UINT64_MAX, UINT64_MAX, 1};
    EXPECT_EQ(shares_of(huge), (std::vector<std::uint32_t>{5000, 5000, 0}));
}

TEST(Shares, OfNothingAreNothing) {
    const std::vector<std::uint64_t> nothing = {0, 0};
    EXPECT_EQ(shares_of(nothing), (std::vector<std::uint32_t>{0, 0}));
    EXPECT_TRUE(shares_of({}).empty());
}

TEST(Shares, AddUpWhateverThePartsAre) {
    std::uint64_t state = 42;
    for (int round = 0; round < 1000; ++round) {
        std::vector<std::uint64_t> parts;
        for (int i = 0; i < 1 + round % 9; ++i) {
            state = state * 6'364'136'223'846'793'005U + 1'442'695'040'888'963'407U;
            parts.push_back(state >> (state % 61));
        }
        parts.push_back(1);
        ASSERT_EQ(sum(shares_of(parts)), 10'000U) << round;
    }
}

TEST(Shares, ReadAsPercent) {
    EXPECT_EQ(format_hundredths(5767), "57.67 %");
    EXPECT_EQ(format_hundredths(5), "0.05 %");
    EXPECT_EQ(format_hundredths(10'000), "100.00 %");
}

TEST(ShareBar, AlwaysTakesItsWidthAndShowsWhatIsThere) {
    EXPECT_EQ(share_bar(1, 2, 4), "██  ");
    EXPECT_EQ(share_bar(0, 2, 4), "    ");
    EXPECT_EQ(share_bar(2, 2, 4), "████");
    EXPECT_EQ(share_bar(1, 1'000'000, 4), "▏   ") << "a part that is there is seen";
    EXPECT_EQ(share_bar(9, 2, 4), "████") << "more than all fills the bar and no more";
    EXPECT_EQ(display_width(share_bar(1, 0, 4)), 4U);
    for (std::uint64_t part = 0; part <= 100; ++part) EXPECT_EQ(display_width(share_bar(part, 100, 7)), 7U);
}

}  // namespace
}  // namespace ballast
