#include "compare/experiment_json.hpp"

#include <nlohmann/json.hpp>

#include "base/relative_path.hpp"

namespace ballast {
namespace {

using Json = nlohmann::ordered_json;

Json optional_number(const std::optional<double>& value) {
    return value ? Json(*value) : Json(nullptr);
}

Json texts(const std::vector<std::string>& list) {
    Json json = Json::array();
    for (const auto& one : list) json.push_back(printable(one));
    return json;
}

Json starts_json(const std::optional<PairedStarts>& starts) {
    if (!starts) return nullptr;
    return {{"rounds", starts->rounds},
            {"plain_ms", starts->plain_ms},
            {"changed_ms", starts->changed_ms},
            {"added_ms", starts->added_ms}};
}

Json way_json(const Way& way) {
    Json json = {{"id", printable(way.id)}, {"name", printable(way.name)}, {"works", way.works()}};
    if (!way.tried()) {
        json["missing"] = printable(way.missing);
        return json;
    }
    json["untested"] = printable(way.untested);
    json["package_bytes"] = *way.package_bytes;
    json["size_basis"] = basis_name(way.size_basis);
    json["limit_bytes"] = way.limit_bytes;
    json["over"] = !way.fits();
    json["cold_ms"] = optional_number(way.cold_ms);
    json["each_ms"] = optional_number(way.each_ms);
    json["time_basis"] = basis_name(way.time_basis);
    json["tmp_bytes"] = way.usage.tmp_bytes;
    json["per_cold_usd"] = way.per_cold_usd;
    json["month_usd"] = way.month_usd;
    json["usage"] = {{"s3_gets_per_cold", way.usage.s3_gets_per_cold},
                     {"s3_bytes", way.usage.s3_bytes},
                     {"registry_bytes", way.usage.registry_bytes},
                     {"nfs_bytes", way.usage.nfs_bytes},
                     {"nfs_read_bytes_per_cold", way.usage.nfs_read_bytes_per_cold}};
    json["changes"] = texts(way.changes);
    json["faults"] = texts(way.faults);
    if (way.bill) {
        json["bill"] = {{"cold_share", way.bill->cold_share},
                        {"p50_ms", way.bill->p50_ms},
                        {"p99_ms", way.bill->p99_ms},
                        {"usd_a_month", way.bill->usd_a_month}};
    }
    return json;
}

Json executables_json(const Experiment& experiment) {
    Json json = Json::array();
    for (const auto& one : experiment.executables) {
        Json executable = {{"path", printable(one.path)}, {"bytes", one.bytes}, {"timed", one.timed}};
        if (one.timed) {
            executable["argument"] = printable(one.argument);
            executable["status"] = one.status;
            executable["fault"] = printable(one.fault);
        }
        json.push_back(std::move(executable));
    }
    return json;
}

Json packed_json(const PackedPackage& packed) {
    if (packed.tool.empty()) return nullptr;
    Json files = Json::array();
    for (const auto& file : packed.files) {
        files.push_back({{"path", printable(file.path)},
                         {"bytes", file.before},
                         {"packed_bytes", file.after},
                         {"refused", printable(file.refused)},
                         {"fault", printable(file.fault)},
                         {"start", starts_json(file.start)}});
    }
    return {{"package_bytes", packed.package_bytes},
            {"added_ms", optional_number(packed.added_ms)},
            {"files", std::move(files)}};
}

Json bundle_json(const NodeBundle& bundle) {
    Json json = {{"entries", texts(bundle.entries)}, {"missing", printable(bundle.missing)}};
    if (!bundle.missing.empty()) return json;
    Json kept = Json::array();
    for (const auto& one : bundle.kept)
        kept.push_back({{"path", printable(one.path)}, {"reason", printable(one.reason)}});
    json["package_bytes"] = bundle.package_bytes;
    json["bundle_bytes"] = bundle.bundle_bytes;
    json["replaced_bytes"] = bundle.replaced_bytes;
    json["replaced_files"] = bundle.replaced_files;
    json["kept"] = std::move(kept);
    json["orphaned"] = texts(bundle.orphaned);
    json["dynamic"] = texts(bundle.dynamic);
    json["load"] = starts_json(bundle.load);
    json["load_fault"] = printable(bundle.load_fault);
    json["fault"] = printable(bundle.fault);
    return json;
}

Json part_json(const OffloadPart& part) {
    return {{"group", part.group.empty() ? Json(nullptr) : Json(part.group)},
            {"bytes", part.bytes},
            {"files", part.work.files},
            {"compressed_bytes", part.work.compressed_bytes},
            {"zstd_bytes", part.work.zstd_bytes},
            {"lz4_bytes", part.work.lz4_bytes},
            {"raw_bytes", part.work.raw_bytes},
            {"network_ms", 1000 * part.estimate.network},
            {"cores_ms", 1000 * part.estimate.cores},
            {"cold_ms", 1000 * part.estimate.total}};
}

Json offload_json(const Experiment& experiment) {
    const OffloadPrediction& offload = experiment.offload;
    if (!offload.missing.empty()) return {{"missing", printable(offload.missing)}};
    Json parts = Json::array();
    for (const auto& part : offload.parts) parts.push_back(part_json(part));
    Json json = {{"slim_bytes", offload.slim_bytes},
                 {"leaving_bytes", offload.leaving_bytes},
                 {"leaving_files", offload.leaving_files},
                 {"sampled_bytes", offload.sampled_bytes},
                 {"predicted", std::move(parts)},
                 {"measured", nullptr},
                 {"fault", printable(experiment.offload_fault)}};
    if (const auto& measured = experiment.offload_measured) {
        Json times = Json::array();
        for (const auto& part : measured->parts) {
            times.push_back({{"group", part.group.empty() ? Json(nullptr) : Json(part.group)},
                             {"cold_ms", part.cold_ms}});
        }
        json["measured"] = {{"store", printable(measured->store)},
                            {"version", printable(measured->version)},
                            {"slim_bytes", measured->slim_bytes},
                            {"fetched_bytes", measured->fetched_bytes},
                            {"rounds", measured->rounds},
                            {"warm_ms", measured->warm_ms},
                            {"parts", std::move(times)}};
    }
    return json;
}

Json model_json(const Experiment& experiment) {
    const TimeModel& model = experiment.model;
    const ElsewhereModel& elsewhere = experiment.elsewhere;
    return {{"burst_bytes", model.burst_bytes},
            {"burst_rate", model.burst_rate},
            {"base_rate", model.base_rate},
            {"cores", model.cores},
            {"zstd_decode_rate", model.zstd_decode_rate},
            {"lz4_decode_rate", model.lz4_decode_rate},
            {"verify_rate", model.verify_rate},
            {"write_rate", model.write_rate},
            {"file_ms", 1000 * model.file_seconds},
            {"first_byte_ms", 1000 * model.first_byte_seconds},
            {"read_share", elsewhere.read_share},
            {"chunk_bytes", elsewhere.chunk_bytes},
            {"zone_share", elsewhere.zone_share},
            {"zone_ms", elsewhere.zone_ms},
            {"origin_share", elsewhere.origin_share},
            {"origin_ms", elsewhere.origin_ms},
            {"efs_open_ms", elsewhere.efs_open_ms},
            {"efs_rate", elsewhere.efs_rate},
            {"s3_files_threshold", elsewhere.s3_files_threshold},
            {"s3_rate", elsewhere.s3_rate},
            {"s3_first_byte_ms", elsewhere.s3_first_byte_ms}};
}

}  // namespace

nlohmann::ordered_json experiment_json(const Experiment& experiment) {
    Json ways = Json::array();
    for (const auto& way : experiment.ways) ways.push_back(way_json(way));
    Json json = {{"package", printable(experiment.package)},
                 {"bytes", experiment.bytes},
                 {"files", experiment.files},
                 {"limit_bytes", experiment.limit_bytes},
                 {"rate", experiment.rate},
                 {"ways", std::move(ways)},
                 {"executables", executables_json(experiment)},
                 {"packed", Json::object()},
                 {"bundle", bundle_json(experiment.bundle)},
                 {"offload", offload_json(experiment)},
                 {"model", model_json(experiment)}};
    for (const Packer packer : k_packers) {
        json["packed"][std::string(packer_name(packer))] = packed_json(experiment.packed_by(packer));
    }
    json["recommendation"] = {{"way", printable(experiment.recommendation.way)},
                              {"sentence", experiment.recommendation.sentence},
                              {"reason", experiment.recommendation.reason}};
    return json;
}

}  // namespace ballast
