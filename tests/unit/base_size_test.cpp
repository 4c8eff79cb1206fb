#include "base/size.hpp"

#include <gtest/gtest.h>

#include <cstdint>

namespace ballast {
namespace {

TEST(ParseSize, ReadsLambdasLimitAsAwsWritesIt) {
    EXPECT_EQ(parse_size("250MB").value(), 262'144'000U);
    EXPECT_EQ(parse_size("262144000").value(), 262'144'000U);
}

TEST(ParseSize, TakesEveryUnitInAnyCaseWithOrWithoutSpace) {
    EXPECT_EQ(parse_size("0").value(), 0U);
    EXPECT_EQ(parse_size("812 B").value(), 812U);
    EXPECT_EQ(parse_size("1k").value(), 1024U);
    EXPECT_EQ(parse_size("64 KiB").value(), 65'536U);
    EXPECT_EQ(parse_size("1.5 gb").value(), 1'610'612'736U);
    EXPECT_EQ(parse_size("0.5M").value(), 524'288U);
    EXPECT_EQ(parse_size("2TB").value(), 2'199'023'255'552U);
}

TEST(ParseSize, ReadsBackWhatFormatSizeWrites) {
    for (const std::uint64_t bytes :
         {512ULL, 1024ULL, 5ULL << 20U, 250ULL << 20U, 3ULL << 30U, 2ULL << 40U}) {
        EXPECT_EQ(parse_size(format_size(bytes)).value(), bytes) << format_size(bytes);
    }
}

TEST(ParseSize, RefusesWhatIsNoSizeAndShowsHowToWriteOne) {
    for (const char* text : {"", "MB", "-1", "-5MB", "1e3", "1,000", "0x10", "nan", "inf", "12 apples",
                             "1.5.5", " 250MB", "99999999999999 GB"}) {
        const auto size = parse_size(text);
        ASSERT_FALSE(size) << text;
        EXPECT_EQ(size.error().code, ErrorCode::usage) << text;
        EXPECT_EQ(size.error().message, "not a size") << text;
        EXPECT_EQ(size.error().hint, "write it like 250MB, 1.5GB or 262144000") << text;
        EXPECT_FALSE(size.error().object.empty()) << "an error names its object";
    }
}

TEST(FormatSize, ShowsOneDecimalBelowAHundredAndNoneAbove) {
    EXPECT_EQ(format_size(0), "0 B");
    EXPECT_EQ(format_size(1023), "1023 B");
    EXPECT_EQ(format_size(1024), "1.0 KB");
    EXPECT_EQ(format_size(2'516'582), "2.4 MB");
    EXPECT_EQ(format_size(262'144'000), "250 MB");
    EXPECT_EQ(format_size(10ULL << 30U), "10.0 GB");
    EXPECT_EQ(format_size(std::uint64_t{UINT64_MAX}), "16777216 TB");
}

TEST(FormatSize, NeverShowsAThousandAndTwentyFourOfAUnit) {
    for (std::uint64_t bytes = (1U << 20U) - 1024; bytes <= (1U << 20U); ++bytes) {
        ASSERT_NE(format_size(bytes), "1024 KB") << bytes;
    }
    EXPECT_EQ(format_size((1U << 20U) - 600), "1023 KB");
    EXPECT_EQ(format_size((1U << 20U) - 1), "1.0 MB");
    EXPECT_EQ(format_size(102'348), "99.9 KB");
    EXPECT_EQ(format_size(102'399), "100 KB") << "not 100.0 KB";
}

TEST(FormatCount, GroupsDigitsByThree) {
    EXPECT_EQ(format_count(0), "0");
    EXPECT_EQ(format_count(999), "999");
    EXPECT_EQ(format_count(1000), "1,000");
    EXPECT_EQ(format_count(262'144'000), "262,144,000");
    EXPECT_EQ(format_count(std::uint64_t{UINT64_MAX}), "18,446,744,073,709,551,615");
}

TEST(FormatShare, ShowsTwoDecimals) {
    EXPECT_EQ(format_share(5767, 10'000), "57.67 %");
    EXPECT_EQ(format_share(1, 3), "33.33 %");
    EXPECT_EQ(format_share(0, 0), "0.00 %");
    EXPECT_EQ(format_share(7, 7), "100.00 %");
}

}  // namespace
}  // namespace ballast
