#include "pack/cold_start.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support/memory_store.hpp"
#include "support/packed_version.hpp"
#include "support/test_version.hpp"

namespace ballast {
namespace {

using test::MemoryStore;

constexpr std::uint64_t k_mib = 1U << 20U;

TEST(ColdStart, TakesTheLongerOfNetworkAndCores) {
    TimeModel model;
    model.first_byte_seconds = 0.5;
    model.file_seconds = 0;
    // 300 MiB of burst at 600 MiB/s, the rest at 73.5.
    const ColdStartWork raw{.compressed_bytes = 447 * k_mib, .raw_bytes = 447 * k_mib};
    const auto by_network = estimate_cold_start(model, raw);
    EXPECT_NEAR(by_network.network, 0.5 + 2.0, 0.001);
    EXPECT_NEAR(by_network.total, 0.5 + by_network.network, 0.001);

    // Little to fetch, much to decode, on two cores.
    const ColdStartWork zstd{.compressed_bytes = k_mib, .zstd_bytes = 1'400'000'000};
    const auto by_cores = estimate_cold_start(model, zstd);
    EXPECT_NEAR(by_cores.cores, (2.0 + 0.7) / 2, 0.01);
    EXPECT_NEAR(by_cores.total, 0.5 + by_cores.cores, 0.001);
}

TEST(ColdStart, CountsFiles) {
    TimeModel model;
    model.file_seconds = 0.001;
    const ColdStartWork work{.files = 2000};
    EXPECT_NEAR(estimate_cold_start(model, work).cores, 2.0, 0.001);
}

TEST(ColdStart, IsMoreForMoreBytes) {
    const TimeModel model;
    double before = 0;
    for (std::uint64_t bytes = 0; bytes < 3000 * k_mib; bytes += 100 * k_mib) {
        const double now =
            estimate_cold_start(model, {.compressed_bytes = bytes, .zstd_bytes = bytes, .lz4_bytes = bytes})
                .total;
        EXPECT_GT(now, before);
        before = now;
    }
}

// Two groups, of which each has its own frame.
Manifest manifest_of_two_groups() {
    test::MemoryPackage package;
    package.file("bin/a", std::string(40'000, 'a')).file("bin/b", std::string(20'000, 'b'));
    package.file("data/noise", test::noise(50'000, 1));
    Config config;
    config.include = {"*"};
    config.codec = CodecChoice::lz4;
    config.groups = {{"programs", {"bin/"}}};
    const Inventory inventory = Inventory::take(package).value();
    const Plan plan = make_plan(inventory, config).value();
    Progress quiet("", 0, Progress::Output::quiet);
    const PlannedTree tree = read_tree(inventory, plan, quiet).value();
    MemoryStore staging;
    const auto packed = pack_tree(package, plan, tree, config, KnownContents(), staging, quiet).value();
    return Manifest::parse(packed.manifest, "manifest").value();
}

TEST(ColdStartWork, IsThatOfTheGroupsNamed) {
    const Manifest manifest = manifest_of_two_groups();
    const auto whole = cold_start_work(manifest, {}).value();
    const auto programs = cold_start_work(manifest, {"programs"}).value();
    const auto rest = cold_start_work(manifest, {"default"}).value();
    EXPECT_EQ(whole.files, 3U);
    EXPECT_EQ(programs.files, 2U);
    EXPECT_EQ(programs.lz4_bytes, 60'000U);
    EXPECT_EQ(programs.raw_bytes, 0U);
    EXPECT_EQ(rest.raw_bytes, 50'000U) << "noise does not compress";
    EXPECT_EQ(rest.compressed_bytes, 50'000U);
    EXPECT_EQ(whole.compressed_bytes, programs.compressed_bytes + rest.compressed_bytes);
}

TEST(ColdStartWork, RefusesAGroupThatTheTreeDoesNotHave) {
    const auto work = cold_start_work(manifest_of_two_groups(), {"programs", "none"});
    ASSERT_FALSE(work);
    EXPECT_THAT(work.error().object + work.error().message, testing::HasSubstr("none"));
}

}  // namespace
}  // namespace ballast
