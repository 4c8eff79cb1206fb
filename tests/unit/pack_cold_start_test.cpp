#include "pack/cold_start.hpp"

#include <gtest/gtest.h>

namespace ballast {
namespace {

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

}  // namespace
}  // namespace ballast
