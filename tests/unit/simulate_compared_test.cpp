#include "simulate/compared.hpp"

#include <gtest/gtest.h>

namespace ballast {
namespace {

TEST(Compared, EachIsWhatIsRecordedAndWhatItAdds) {
    const auto compared = parse_compared(R"({"ways": [
        {"name": "as it is", "cold_ms": 0, "each_ms": 0, "works": true},
        {"name": "offloaded", "cold_ms": 412.3, "each_ms": 0.6, "per_cold_usd": 0.0000072, "month_usd": 0.02,
         "tmp_bytes": 1610612736, "works": true},
        {"name": "stripped", "cold_ms": -20},
        {"name": "image", "cold_ms": null, "works": true},
        {"name": "bundled", "cold_ms": 1, "works": false}]})",
                                         "c.json")
                              .value();
    ASSERT_EQ(compared.strategies.size(), 3U);
    EXPECT_EQ(cold_text(compared.strategies[0]), "recorded");
    const Strategy& offloaded = compared.strategies[1];
    EXPECT_FALSE(offloaded.cold);
    EXPECT_EQ(offloaded.recorded_plus_us, 412'300);
    EXPECT_EQ(offloaded.each_us, 600);
    EXPECT_EQ(offloaded.warm_us, 0);
    EXPECT_DOUBLE_EQ(offloaded.usd_per_cold, 0.0000072);
    EXPECT_DOUBLE_EQ(offloaded.usd_per_month, 0.02);
    EXPECT_DOUBLE_EQ(offloaded.tmp_gb, 1);
    EXPECT_EQ(compared.strategies[2].recorded_plus_us, -20'000);
    ASSERT_EQ(compared.left_out.size(), 2U);
    EXPECT_EQ(compared.left_out[0].name, "image");
    EXPECT_EQ(compared.left_out[0].why, "what it adds to a cold start is not known");
    EXPECT_EQ(compared.left_out[1].why, "it does not work");
}

TEST(Compared, RefusesWhatIsNoComparison) {
    const auto error_of = [](std::string_view text) {
        const auto compared = parse_compared(text, "c.json");
        EXPECT_FALSE(compared) << text;
        return compared ? Error{} : compared.error();
    };
    for (const auto* text : {"", "x", "[]", "null", "{}", R"({"ways": {}})", R"({"ways": 1})",
                             R"({"strategies": [{"name": "a", "cold_ms": 1}]})"}) {
        EXPECT_EQ(error_of(text).code, ErrorCode::corrupt) << text;
        EXPECT_EQ(error_of(text).message, "is not a report of 'ballast compare --json'") << text;
    }
    const std::pair<const char*, const char*> rows[] = {
        {"1", "ways[0] is not a way"},
        {R"({"cold_ms": 1})", "ways[0].name is not a text"},
        {R"({"name": "", "cold_ms": 1})", "ways[0].name is empty, or too long"},
        {R"({"name": "a", "cold_ms": "1"})", "ways[0].cold_ms is not a number"},
        {R"({"name": "a", "cold_ms": 1e300})", "ways[0].cold_ms is not between -2592000000 and 2592000000"},
        {R"({"name": "a", "cold_ms": 1, "month_usd": -1})",
         "ways[0].month_usd is not between 0 and 1000000000"},
        {R"({"name": "a", "cold_ms": 1, "works": 1})", "ways[0].works is neither true nor false"}};
    for (const auto& [row, message] : rows) {
        const Error error = error_of(std::string(R"({"ways": [)") + row + "]}");
        EXPECT_EQ(error.code, ErrorCode::corrupt) << row;
        EXPECT_EQ(error.message, message);
    }
    std::string many = R"({"ways": [)";
    for (std::size_t i = 0; i <= k_max_compared; ++i) many += R"({"name": "a", "cold_ms": 1},)";
    many.back() = ']';
    EXPECT_EQ(error_of(many + "}").message, "has 65 ways, more than 64");
    EXPECT_EQ(error_of(R"({"ways": [{"name": "a", "cold_ms": null}]})").code, ErrorCode::usage);
    EXPECT_EQ(error_of(R"({"ways": []})").code, ErrorCode::usage);
}

TEST(Spans, WithoutUnitAreSecondsOnlyWhereThatIsSaid) {
    EXPECT_EQ(parse_span_us("86400", "--duration", Unitless::seconds).value(), k_day_us);
    EXPECT_EQ(parse_span_us("0.5", "--duration", Unitless::seconds).value(), 500'000);
    EXPECT_EQ(parse_span_us("2m", "--duration", Unitless::seconds).value(), 2 * k_minute_us);
    EXPECT_EQ(parse_span_us("200", "--service").error().code, ErrorCode::usage);
    EXPECT_EQ(parse_distribution("300..420", "--idle-expiry", Unitless::seconds).value(),
              Distribution::uniform(300 * k_second_us, 420 * k_second_us));
    EXPECT_EQ(parse_distribution("640+exp:200", "--idle-expiry", Unitless::seconds).value(),
              Distribution::exponential(200 * k_second_us, 640 * k_second_us));
    for (const auto* mixed : {"5..7m", "5m..420", "640+exp:200s", "10m+exp:60"}) {
        const auto refused = parse_distribution(mixed, "--idle-expiry", Unitless::seconds);
        ASSERT_FALSE(refused) << mixed;
        EXPECT_NE(refused.error().message.find("has no unit"), std::string::npos) << mixed;
    }
}

}  // namespace
}  // namespace ballast
