#include "pack/codec_model.hpp"

#include <algorithm>

namespace ballast {
namespace {

double seconds(const TimeModel& model, const std::vector<SampledFrame>& sample, double scale,
               double threshold) {
    double compressed = 0;
    double by_zstd = 0;
    double by_lz4 = 0;
    for (const auto& frame : sample) {
        const bool zstd = prefers_zstd(frame, threshold);
        compressed += static_cast<double>(zstd ? frame.zstd_bytes : frame.lz4_bytes);
        (zstd ? by_zstd : by_lz4) += static_cast<double>(frame.bytes);
    }
    return std::max(model.network_seconds(compressed * scale),
                    model.core_seconds(compressed * scale, by_zstd * scale, by_lz4 * scale));
}

}  // namespace

double TimeModel::network_seconds(double compressed_bytes) const {
    const double burst = std::min(compressed_bytes, burst_bytes);
    return burst / burst_rate + (compressed_bytes - burst) / base_rate;
}

double TimeModel::core_seconds(double compressed_bytes, double zstd_bytes, double lz4_bytes) const {
    const double work = zstd_bytes / zstd_decode_rate + lz4_bytes / lz4_decode_rate +
                        compressed_bytes / verify_rate + (zstd_bytes + lz4_bytes) / write_rate;
    return work / cores;
}

double choose_zstd_threshold(const TimeModel& model, const std::vector<SampledFrame>& sample, double scale) {
    // 51 thresholds are plenty: the time is flat around its minimum.
    constexpr int k_steps = 50;
    double best_threshold = 2;
    double best_seconds = seconds(model, sample, scale, best_threshold);
    for (int step = k_steps; step >= 0; --step) {
        const double threshold = static_cast<double>(step) / k_steps;
        const double time = seconds(model, sample, scale, threshold);
        // Between equals, fewer bytes: they cost the store and the next codec nothing.
        if (time <= best_seconds) {
            best_seconds = time;
            best_threshold = threshold;
        }
    }
    return best_threshold;
}

}  // namespace ballast
