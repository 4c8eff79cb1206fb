#include "pack/cold_start.hpp"

#include <algorithm>

#include "format/selection.hpp"

namespace ballast {

Result<ColdStartWork> cold_start_work(const Manifest& manifest, const std::vector<std::string>& names) {
    BALLAST_TRY(const auto groups, manifest.find_groups(names));
    const Selection selection = select_entries(manifest, groups, [](const ManifestEntry&) { return false; });
    ColdStartWork work;
    work.files = selection.file_count();
    for (const auto& needed : selection.frames) {
        const auto& frame = manifest.frames()[needed.frame];
        work.compressed_bytes += frame.compressed_bytes;
        (frame.codec == Codec::zstd  ? work.zstd_bytes
         : frame.codec == Codec::lz4 ? work.lz4_bytes
                                     : work.raw_bytes) += frame.bytes;
    }
    return work;
}

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
