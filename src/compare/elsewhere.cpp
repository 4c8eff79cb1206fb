#include "compare/elsewhere.hpp"

namespace ballast {

ElsewhereCost container_cost(const ElsewhereModel& model, const ElsewhereTree& image) {
    ElsewhereCost cost;
    cost.read_bytes = model.read_share * static_cast<double>(image.bytes);
    const double chunks = cost.read_bytes / model.chunk_bytes;
    // One after the other: what is read next is known when the last has come.
    cost.cold_ms = chunks * (model.zone_share * model.zone_ms + model.origin_share * model.origin_ms);
    return cost;
}

ElsewhereCost efs_cost(const ElsewhereModel& model, const ElsewhereTree& tree) {
    ElsewhereCost cost;
    const double files = model.read_share * static_cast<double>(tree.files);
    cost.read_bytes = model.read_share * static_cast<double>(tree.bytes);
    cost.each_ms = files * model.efs_open_ms;
    cost.cold_ms = 1000 * cost.read_bytes / model.efs_rate;
    return cost;
}

ElsewhereCost s3_files_cost(const ElsewhereModel& model, const ElsewhereTree& tree) {
    ElsewhereCost cost;
    const double files = model.read_share * static_cast<double>(tree.files);
    const double large_bytes = model.read_share * static_cast<double>(tree.large_bytes);
    const double small_bytes = model.read_share * static_cast<double>(tree.bytes - tree.large_bytes);
    cost.s3_gets = model.read_share * static_cast<double>(tree.large_files);
    cost.read_bytes = small_bytes;
    cost.each_ms = files * model.efs_open_ms;
    cost.cold_ms = 1000 * small_bytes / model.efs_rate + cost.s3_gets * model.s3_first_byte_ms +
                   1000 * large_bytes / model.s3_rate;
    return cost;
}

}  // namespace ballast
