#include "compare/recommend.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/size.hpp"
#include "compare/figures.hpp"
#include "compare/ways.hpp"

namespace ballast {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::StartsWith;

// A package of 300 MB of which 250 can be offloaded, with a cold start of 400 ms.
Experiment experiment_of(std::uint64_t bytes = 300 * k_mib) {
    Experiment experiment;
    experiment.package = "f";
    experiment.bytes = bytes;
    experiment.files = 1000;
    experiment.limit_bytes = 250 * k_mib;
    experiment.whole = {bytes, 1000, bytes, 1000};
    experiment.bundle.missing = "no JavaScript";
    experiment.offload.slim_bytes = bytes - bytes * 5 / 6 + 8 * k_mib;
    experiment.offload.leaving_bytes = bytes * 5 / 6;
    experiment.offload.leaving_files = 900;
    OffloadPart all;
    all.bytes = experiment.offload.leaving_bytes;
    all.work.compressed_bytes = 90 * k_mib;
    all.estimate.total = 0.4;
    experiment.offload.parts = {all};
    return experiment;
}

PackedPackage packed_to(std::uint64_t bytes, double added_ms) {
    PackedPackage packed;
    packed.tool = "/usr/bin/tool";
    packed.package_bytes = bytes;
    PackedFile file;
    file.path = "bin/a";
    file.before = 2;
    file.after = 1;
    packed.files = {file};
    packed.added_ms = added_ms;
    return packed;
}

NodeBundle bundled_to(std::uint64_t bytes, double added_ms) {
    NodeBundle bundle;
    bundle.entries = {"index.js"};
    bundle.package_bytes = bytes;
    bundle.load = PairedStarts{20, 300, 300 + added_ms, added_ms};
    return bundle;
}

Recommendation advice(Experiment& experiment) {
    experiment.ways = make_ways(experiment);
    return recommend(experiment);
}

TEST(Recommend, KeepsWhatFits) {
    Experiment experiment = experiment_of(100 * k_mib);
    EXPECT_EQ(advice(experiment).way, "as_is");
    EXPECT_EQ(advice(experiment).sentence,
              "Do not use Ballast: the package has 100 MB, 150 MB under the limit of 250 MB.");
    experiment.bundle = bundled_to(60 * k_mib, -120);
    EXPECT_EQ(advice(experiment).reason,
              "If cold starts matter, bundle it: it loads 120 ms faster, and has 60.0 MB.");
    experiment.bundle.missing = "no";
    experiment.packed[0] = packed_to(80 * k_mib, 0);
    EXPECT_THAT(advice(experiment).reason, HasSubstr("strip its ELF files first: that takes off 20.0 MB"));
}

TEST(Recommend, PrefersWhatCostsNoStart) {
    Experiment experiment = experiment_of();
    experiment.packed[0] = packed_to(200 * k_mib, 0);
    EXPECT_EQ(advice(experiment).way, "stripped");
    EXPECT_EQ(advice(experiment).reason,
              "Offloading would leave 58.0 MB, but every cold start would wait about 400 ms longer.");
    experiment.packed[0] = packed_to(245 * k_mib, 0);
    EXPECT_THAT(advice(experiment).reason, StartsWith("That leaves little room: when it grows, offloading"));
}

TEST(Recommend, TakesABundleOnlyWhereItWaitsLessThanOffloading) {
    Experiment experiment = experiment_of();
    experiment.bundle = bundled_to(200 * k_mib, 40);
    EXPECT_EQ(advice(experiment).way, "bundled");
    experiment.bundle = bundled_to(200 * k_mib, 900);
    EXPECT_EQ(advice(experiment).way, "offloaded");
    experiment.bundle = bundled_to(200 * k_mib, -40);
    experiment.bundle.works = false;
    experiment.bundle.fault = "loading the bundle ends with status 1";
    EXPECT_EQ(advice(experiment).way, "offloaded");
}

TEST(Recommend, JoinsStrippingAndBundlingWhenOnlyBothAreEnough) {
    Experiment experiment = experiment_of();
    experiment.packed[0] = packed_to(270 * k_mib, 0);
    experiment.packed[0].files[0].before = 30 * k_mib;
    experiment.packed[0].files[0].after = 0;
    experiment.bundle = bundled_to(260 * k_mib, -10);
    const auto advised = advice(experiment);
    EXPECT_EQ(advised.way, "stripped_bundled");
    EXPECT_EQ(*experiment.find("stripped_bundled")->package_bytes, 230 * k_mib);
}

TEST(Recommend, OffloadsAndTellsWhatElseThereIs) {
    Experiment experiment = experiment_of();
    experiment.packed[1] = packed_to(240 * k_mib, 243);
    const auto advised = advice(experiment);
    EXPECT_EQ(advised.way, "offloaded");
    EXPECT_EQ(
        advised.sentence,
        "Offload with Ballast: 58.0 MB of 300 MB stay, 192 MB under the limit of 250 MB, and a cold start "
        "waits about 400 ms longer.");
    EXPECT_THAT(advised.reason,
                AllOf(StartsWith("Executables packed by upx would fit too, and add 243 ms to each "
                                 "invocation; a container image would by arithmetic wait")));
}

TEST(Recommend, DoesNotNameWhatBreaks) {
    Experiment experiment = experiment_of();
    experiment.packed[0] = packed_to(240 * k_mib, 0);
    experiment.packed[0].faults = {"bin/a: ends with status 1, not 0"};
    EXPECT_EQ(advice(experiment).way, "offloaded");
}

TEST(Recommend, DoesNotNameWhatWasNotSeenToWork) {
    Experiment experiment = experiment_of();
    experiment.packed[1] = packed_to(240 * k_mib, 1);
    experiment.packed[1].added_ms.reset();
    experiment.bundle = bundled_to(200 * k_mib, 0);
    experiment.bundle.load.reset();
    experiment.bundle.load_fault = "index.js does not load here as it is (status 1)";
    EXPECT_EQ(advice(experiment).way, "offloaded");
    EXPECT_FALSE(experiment.find("upx")->untested.empty());
    // What strip takes away is never loaded: of libraries alone there may be nothing to start.
    experiment.packed[0] = packed_to(240 * k_mib, 0);
    experiment.packed[0].added_ms.reset();
    EXPECT_EQ(advice(experiment).way, "stripped");
}

TEST(Recommend, TakesAnImageWhereAColdStartWouldBeLong) {
    Experiment experiment = experiment_of();
    experiment.offload.parts[0].estimate.total = 6;
    EXPECT_EQ(advice(experiment).way, "container");
    EXPECT_THAT(advice(experiment).reason,
                HasSubstr("Offloading would fit, but a cold start would wait about 6.00 s"));
    OffloadPart group;
    group.group = "draw";
    group.estimate.total = 0.3;
    experiment.offload.parts.push_back(group);
    EXPECT_EQ(advice(experiment).way, "offloaded:draw") << "unless a start needs only a part";
}

TEST(Recommend, TellsToWidenWhatIsTakenOut) {
    Experiment experiment = experiment_of();
    experiment.offload.slim_bytes = 260 * k_mib;
    EXPECT_EQ(advice(experiment).way, "container");
    EXPECT_THAT(advice(experiment).reason, HasSubstr("still over the limit: widen 'include'"));
}

TEST(Recommend, HasNothingForWhatFitsNowhere) {
    Experiment experiment = experiment_of(20 * k_gib);
    EXPECT_EQ(advice(experiment).way, "");
    EXPECT_EQ(advice(experiment).sentence, "Nothing that was tried makes the package fit.");
}

TEST(Ways, DoNotJoinWithAToolThatLeftAllAsItWas) {
    Experiment experiment = experiment_of();
    experiment.bundle = bundled_to(260 * k_mib, 0);
    experiment.packed[0] = packed_to(300 * k_mib, 0);
    experiment.packed[0].files[0].refused = "file format not recognized";
    experiment.ways = make_ways(experiment);
    EXPECT_EQ(experiment.find("stripped_bundled"), nullptr);
    EXPECT_EQ(experiment.find("stripped")->missing,
              "strip leaves all as they are: file format not recognized");
}

TEST(Ways, OfATreeTooLargeForTmpDoNotWork) {
    Experiment experiment = experiment_of();
    experiment.offload.parts[0].bytes = 11 * k_gib;
    const auto ways = make_ways(experiment);
    const auto offloaded =
        std::find_if(ways.begin(), ways.end(), [](const Way& way) { return way.id == "offloaded"; });
    ASSERT_NE(offloaded, ways.end());
    EXPECT_FALSE(offloaded->works());
}

TEST(Ways, MeasuredTimesComeBeforePredictedOnes) {
    Experiment experiment = experiment_of();
    OffloadMeasure measured;
    measured.slim_bytes = 50 * k_mib;
    measured.parts = {{"", 333}};
    experiment.offload_measured = measured;
    experiment.ways = make_ways(experiment);
    const Way& way = *experiment.find("offloaded");
    EXPECT_EQ(*way.cold_ms, 333);
    EXPECT_EQ(way.time_basis, Basis::measured);
    EXPECT_EQ(*way.package_bytes, 50 * k_mib);
}

TEST(Elsewhere, IsTheArithmeticOfItsPage) {
    // 1 GiB in 1,000 files, half of the bytes and 10 files large.
    const ElsewhereTree tree = {k_gib, 1000, k_gib / 2, 10};
    ElsewhereModel model;
    model.read_share = 0.1;
    const double read = 0.1 * static_cast<double>(k_gib);
    EXPECT_DOUBLE_EQ(container_cost(model, tree).cold_ms, read / (512 * 1024) * (0.33 * 1 + 0.001 * 30));
    EXPECT_EQ(container_cost(model, tree).each_ms, 0);
    EXPECT_DOUBLE_EQ(efs_cost(model, tree).cold_ms, 1000 * read / (500.0 * 1024 * 1024));
    EXPECT_DOUBLE_EQ(efs_cost(model, tree).each_ms, 100 * 0.25);
    EXPECT_DOUBLE_EQ(s3_files_cost(model, tree).cold_ms, 1000 * read / 2 / (500.0 * 1024 * 1024) + 1 * 30.0 +
                                                             1000 * read / 2 / (75.0 * 1024 * 1024));
    EXPECT_DOUBLE_EQ(s3_files_cost(model, tree).s3_gets, 1);
}

TEST(Figures, HaveThreeDigits) {
    EXPECT_EQ(format_ms(0.634), "0.63 ms");
    EXPECT_EQ(format_ms(9.996), "10.0 ms");
    EXPECT_EQ(format_ms(99.96), "100 ms");
    EXPECT_EQ(format_ms(999.6), "1.00 s");
    EXPECT_EQ(format_ms(12345), "12.3 s");
    EXPECT_EQ(format_added_ms(0.001), "0");
    EXPECT_EQ(format_added_ms(12.34), "+12.3 ms");
    EXPECT_EQ(format_added_ms(-12.34), "−12.3 ms");
    EXPECT_EQ(format_usd(0.00123), "$0.0012");
    EXPECT_EQ(format_usd(12.345), "$12.35");
}

}  // namespace
}  // namespace ballast
