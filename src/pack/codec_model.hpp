#pragma once

#include <cstdint>
#include <vector>

namespace ballast {

// How long a cold start takes, in seconds, as a function of what is fetched and decoded: the network
// gives a burst at one rate, then a base rate; fetching overlaps with the work on the cores. The
// numbers' sources are in docs/codec.md.
struct TimeModel {
    double burst_bytes = 300.0 * 1048576;  // sjakthol/aws-network-benchmark
    double burst_rate = 600.0 * 1048576;   // bytes a second; 0.3 to 1.2 GiB/s were measured
    double base_rate = 73.5 * 1048576;
    double cores = 2;                  // init runs with about two, whatever the memory
    double zstd_decode_rate = 0.70e9;  // decoded bytes a second and core
    double lz4_decode_rate = 3.0e9;
    double verify_rate = 1.7e9;  // compressed bytes a second and core (SHA-256)
    double write_rate = 2.0e9;   // decoded bytes a second and core
    // The same for every codec, so that they decide nothing; estimates of a whole cold start count them.
    double file_seconds = 40e-6;      // to create, fill and publish one file
    double first_byte_seconds = 0.1;  // name, TCP, TLS and S3's own 30 ms

    double network_seconds(double compressed_bytes) const;
    double core_seconds(double compressed_bytes, double zstd_bytes, double lz4_bytes) const;
};

// What both codecs made of one frame of a sample.
struct SampledFrame {
    std::uint64_t bytes = 0;
    std::uint64_t zstd_bytes = 0;
    std::uint64_t lz4_bytes = 0;
};

// The share of a frame's bytes that zstd must save over LZ4 to be worth its slower decoding: 0 means
// zstd for all, anything above 1 means LZ4 for all. `scale` is the tree's bytes over the sample's.
// Minimises the model's time over that one threshold.
double choose_zstd_threshold(const TimeModel& model, const std::vector<SampledFrame>& sample, double scale);

// What decides for one frame with that threshold.
inline bool prefers_zstd(const SampledFrame& frame, double threshold) {
    return static_cast<double>(frame.lz4_bytes) - static_cast<double>(frame.zstd_bytes) >=
           threshold * static_cast<double>(frame.bytes);
}

}  // namespace ballast
