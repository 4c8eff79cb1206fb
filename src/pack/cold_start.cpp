#include "pack/cold_start.hpp"

#include <algorithm>

namespace ballast {

ColdStartEstimate estimate_cold_start(const TimeModel& model, const ColdStartWork& work) {
    const auto compressed = static_cast<double>(work.compressed_bytes);
    ColdStartEstimate estimate;
    estimate.network = model.network_seconds(compressed);
    // One thread at a time makes files, so the other cores do not help with these.
    estimate.cores = model.core_seconds(compressed, static_cast<double>(work.zstd_bytes),
                                        static_cast<double>(work.lz4_bytes)) +
                     static_cast<double>(work.raw_bytes) / model.write_rate / model.cores +
                     static_cast<double>(work.files) * model.file_seconds;
    estimate.total = model.first_byte_seconds + std::max(estimate.network, estimate.cores);
    return estimate;
}

}  // namespace ballast
