#include "compare/bill.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/file.hpp"
#include "base/size.hpp"

namespace ballast {
namespace {

using testing::EndsWith;
using testing::StartsWith;

Way way_of(std::string id, std::optional<double> cold_ms, std::optional<double> each_ms) {
    Way way;
    way.id = std::move(id);
    way.package_bytes = 1;
    way.cold_ms = cold_ms;
    way.each_ms = each_ms;
    return way;
}

// Bills an experiment of those ways.
Experiment billed(const BillOptions& options, std::vector<Way> ways) {
    Experiment experiment;
    experiment.ways = std::move(ways);
    price_ways(experiment.ways);
    const auto requests = open_requests(options);
    EXPECT_TRUE(requests) << requests.error().message;
    const auto done = bill_ways(options, *requests, experiment);
    EXPECT_TRUE(done) << done.error().message;
    return experiment;
}

BillOptions at_rate(double rate) {
    BillOptions options;
    options.rate = rate;
    options.service = Distribution::fixed(2 * k_second_us);
    options.memory_mb = 512;
    return options;
}

TEST(Bill, IsNoneWithoutARateAndALog) {
    const Experiment experiment = billed({}, {way_of("as_is", 0, 0)});
    EXPECT_FALSE(experiment.ways[0].bill);
    EXPECT_EQ(experiment.rate, "");
}

TEST(Bill, HoldsWhatOthersThanLambdaCharge) {
    Way offloaded = way_of("offloaded", 400, 0);
    offloaded.usage.s3_gets_per_cold = 10;
    offloaded.usage.s3_bytes = k_gib / 2;
    Way efs = way_of("efs", 400, 0);
    efs.usage.nfs_bytes = 2 * k_gib;
    efs.usage.nfs_read_bytes_per_cold = static_cast<double>(k_gib);
    Way container = way_of("container", 40, 0);
    container.usage.registry_bytes = k_gib;
    std::vector<Way> ways = {offloaded, efs, container};
    price_ways(ways);
    EXPECT_DOUBLE_EQ(ways[0].per_cold_usd, 10 * k_s3_get);
    EXPECT_DOUBLE_EQ(ways[0].month_usd, k_s3_gb_month / 2);
    EXPECT_DOUBLE_EQ(ways[1].per_cold_usd, k_efs_read_gb);
    EXPECT_DOUBLE_EQ(ways[1].month_usd, 2 * k_efs_gb_month);
    EXPECT_DOUBLE_EQ(ways[2].per_cold_usd, 0);
    EXPECT_DOUBLE_EQ(ways[2].month_usd, k_ecr_gb_month);
}

TEST(Bill, HasWhatAWayAddsToEachInvocationAndToColdStarts) {
    const Experiment experiment =
        billed(at_rate(0.005), {way_of("as_is", 0, 0), way_of("upx", 0, 500), way_of("offloaded", 9000, 0)});
    EXPECT_EQ(experiment.rate, "0.005 requests a second of 2s, 512 MB");
    const Bill& as_is = *experiment.ways[0].bill;
    const Bill& upx = *experiment.ways[1].bill;
    const Bill& offloaded = *experiment.ways[2].bill;
    EXPECT_GT(as_is.cold_share, 0);
    EXPECT_LT(as_is.cold_share, 0.5);
    EXPECT_NEAR(as_is.p50_ms, 2000, 0.004 * 2000);
    EXPECT_NEAR(upx.p50_ms, 2500, 0.004 * 2500);
    EXPECT_NEAR(offloaded.p50_ms, 2000, 0.004 * 2000) << "most find a context";
    EXPECT_NEAR(offloaded.p99_ms, 11'000, 0.004 * 11'000);
    EXPECT_GT(upx.usd_a_month, as_is.usd_a_month);
}

TEST(Bill, HasTheInitThatNoLogSays) {
    BillOptions options = at_rate(1e-5);
    options.init = Distribution::fixed(3 * k_second_us);
    const Experiment experiment = billed(options, {way_of("as_is", 0, 0), way_of("offloaded", 400, 0)});
    EXPECT_GT(experiment.ways[0].bill->cold_share, 0.9) << "requests a day apart";
    EXPECT_NEAR(experiment.ways[0].bill->p50_ms, 5000, 0.004 * 5000);
    EXPECT_NEAR(experiment.ways[1].bill->p50_ms, 5400, 0.004 * 5400);
}

TEST(Bill, IsNoneOfAWayThatDoesNotWorkOrWhoseTimesAreNotKnown) {
    Way broken = way_of("upx", 0, 1);
    broken.faults = {"bin/a: ends with status 1, not 0"};
    Way untried = way_of("gzexe", 0, 1);
    untried.missing = "gzexe is not installed";
    const Experiment experiment =
        billed(at_rate(0.005), {way_of("as_is", 0, 0), broken, untried, way_of("bundled", std::nullopt, 0),
                                way_of("stripped", 0, std::nullopt), way_of("offloaded", 400, 0)});
    std::vector<std::string> with_bill;
    for (const auto& way : experiment.ways) {
        if (way.bill) with_bill.push_back(way.id);
    }
    EXPECT_EQ(with_bill, (std::vector<std::string>{"as_is", "offloaded"}));
    EXPECT_GT(experiment.ways[5].bill->p99_ms, experiment.ways[0].bill->p99_ms) << "each has its own";
}

TEST(Bill, IsOfTheLogsThatAreNamed) {
    const auto directory = TemporaryDirectory::create();
    ASSERT_TRUE(directory);
    const std::string log = directory->path() + "/log.csv";
    ASSERT_TRUE(write_file(log, "start_s,duration_ms\n0,100\n60,100\n120,100\n86400,100\n"));
    BillOptions options;
    options.traces = {log};
    Experiment experiment = billed(options, {way_of("as_is", 0, 0)});
    EXPECT_EQ(experiment.rate, "the log " + log + ", 4 invocations");
    EXPECT_DOUBLE_EQ(experiment.ways[0].bill->cold_share, 0.5);
    options.traces = {log, log};
    experiment = billed(options, {way_of("as_is", 0, 0)});
    EXPECT_THAT(experiment.rate, StartsWith("the log " + log + " and 1 more"));
    EXPECT_THAT(experiment.rate, EndsWith(", 8 invocations"));
    options.traces = {directory->path() + "/none.csv"};
    EXPECT_EQ(open_requests(options).error().code, ErrorCode::not_found);
}

}  // namespace
}  // namespace ballast
