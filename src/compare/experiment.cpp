#include "compare/experiment.hpp"

#include <algorithm>

#include "base/enum_name.hpp"
#include "base/size.hpp"

namespace ballast {

std::string_view basis_name(Basis basis) {
    return enum_name(basis, {"measured", "predicted", "cited"});
}

const Way* Experiment::find(std::string_view id) const {
    const auto found = std::ranges::find(ways, id, &Way::id);
    return found == ways.end() ? nullptr : &*found;
}

std::vector<ModelInput> model_inputs(const Experiment& experiment) {
    const TimeModel& model = experiment.model;
    const ElsewhereModel& elsewhere = experiment.elsewhere;
    constexpr double k_kilo = 1.0 / k_kib;
    constexpr double k_mega = 1.0 / k_mib;
    return {
        {"burst_bytes", model.burst_bytes, "network, burst", k_mega, "MB"},
        {"burst_rate", model.burst_rate, "network, rate of the burst", k_mega, "MB/s"},
        {"base_rate", model.base_rate, "network, rate after it", k_mega, "MB/s"},
        {"cores", model.cores, "cores", 1, ""},
        {"zstd_decode_rate", model.zstd_decode_rate, "zstd decodes", k_mega, "MB/s a core"},
        {"lz4_decode_rate", model.lz4_decode_rate, "LZ4 decodes", k_mega, "MB/s a core"},
        {"verify_rate", model.verify_rate, "verifying", k_mega, "MB/s a core"},
        {"write_rate", model.write_rate, "writing", k_mega, "MB/s a core"},
        {"file_ms", 1000 * model.file_seconds, "a file", 1000, "µs"},
        {"first_byte_ms", 1000 * model.first_byte_seconds, "first byte", 1, "ms"},
        {"read_share", elsewhere.read_share, "share that a start reads (image, EFS, S3 Files)", 100, "%"},
        {"chunk_bytes", elsewhere.chunk_bytes, "image: chunk", k_kilo, "KB"},
        {"zone_share", elsewhere.zone_share, "image: chunks from the zone's cache", 100, "%"},
        {"zone_ms", elsewhere.zone_ms, "image: a chunk from there", 1, "ms"},
        {"origin_share", elsewhere.origin_share, "image: chunks from S3", 100, "%"},
        {"origin_ms", elsewhere.origin_ms, "image: a chunk from there", 1, "ms"},
        {"efs_open_ms", elsewhere.efs_open_ms, "EFS and S3 Files: opening a file", 1, "ms"},
        {"efs_rate", elsewhere.efs_rate, "EFS: reading", k_mega, "MB/s"},
        {"s3_files_threshold", elsewhere.s3_files_threshold, "S3 Files: streamed from S3 at and above",
         k_kilo, "KB"},
        {"s3_rate", elsewhere.s3_rate, "S3 Files: a stream", k_mega, "MB/s"},
        {"s3_first_byte_ms", elsewhere.s3_first_byte_ms, "S3 Files: its first byte", 1, "ms"},
    };
}

}  // namespace ballast
