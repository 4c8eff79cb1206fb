#include "base/duration.hpp"

#include <gtest/gtest.h>

namespace ballast {
namespace {

using namespace std::chrono_literals;

TEST(Duration, IsAWholeNumberAndAUnit) {
    EXPECT_EQ(parse_duration("45s", "--x").value(), 45s);
    EXPECT_EQ(parse_duration("90m", "--x").value(), 90min);
    EXPECT_EQ(parse_duration("24h", "--x").value(), 24h);
    EXPECT_EQ(parse_duration("30d", "--x").value(), 720h);
    EXPECT_EQ(parse_duration("2w", "--x").value(), 336h);
    for (const char* wrong :
         {"", "30", "d", "-1d", "+1d", "1.5h", "1 h", "1dd", "101000d", "99999999999999999999d"}) {
        const auto result = parse_duration(wrong, "--older-than");
        ASSERT_FALSE(result) << wrong;
        EXPECT_EQ(result.error().code, ErrorCode::usage);
        EXPECT_EQ(result.error().object, "--older-than");
        EXPECT_EQ(result.error().hint, "write it like 30d, 24h, 90m or 45s");
    }
}

TEST(Duration, IsShownInTheLargestWholeUnit) {
    EXPECT_EQ(format_duration(720h), "30d");
    EXPECT_EQ(format_duration(25h), "25h");
    EXPECT_EQ(format_duration(90min), "90m");
    EXPECT_EQ(format_duration(61s), "61s");
    EXPECT_EQ(format_duration(0s), "0s");
}

}  // namespace
}  // namespace ballast
