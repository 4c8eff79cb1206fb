#include "compare/experiment_json.hpp"

#include "base/json_list.hpp"
#include "base/relative_path.hpp"

namespace ballast {
namespace {

using Json = nlohmann::ordered_json;

Json optional_number(const std::optional<double>& value) {
    return value ? Json(*value) : Json(nullptr);
}

Json texts(const std::vector<std::string>& list) {
    return json_list(list, printable);
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

Json executable_json(const Executable& one) {
    Json json = {{"path", printable(one.path)}, {"bytes", one.bytes}, {"timed", one.timed}};
    if (one.timed) {
        json["argument"] = printable(one.argument);
        json["status"] = one.status;
        json["fault"] = printable(one.fault);
    }
    return json;
}

Json packed_file_json(const PackedFile& file) {
    return {{"path", printable(file.path)},   {"bytes", file.before},
            {"packed_bytes", file.after},     {"refused", printable(file.refused)},
            {"fault", printable(file.fault)}, {"start", starts_json(file.start)}};
}

Json packed_json(const PackedPackage& packed) {
    if (packed.tool.empty()) return nullptr;
    return {{"package_bytes", packed.package_bytes},
            {"added_ms", optional_number(packed.added_ms)},
            {"files", json_list(packed.files, packed_file_json)}};
}

Json kept_json(const KeptPackage& one) {
    return {{"path", printable(one.path)}, {"reason", printable(one.reason)}};
}

Json bundle_json(const NodeBundle& bundle) {
    Json json = {{"entries", texts(bundle.entries)}, {"missing", printable(bundle.missing)}};
    if (!bundle.missing.empty()) return json;
    json["package_bytes"] = bundle.package_bytes;
    json["bundle_bytes"] = bundle.bundle_bytes;
    json["replaced_bytes"] = bundle.replaced_bytes;
    json["replaced_files"] = bundle.replaced_files;
    json["kept"] = json_list(bundle.kept, kept_json);
    json["orphaned"] = texts(bundle.orphaned);
    json["dynamic"] = texts(bundle.dynamic);
    json["load"] = starts_json(bundle.load);
    json["load_fault"] = printable(bundle.load_fault);
    json["fault"] = printable(bundle.fault);
    return json;
}

Json group_json(const std::string& group) {
    return group.empty() ? Json(nullptr) : Json(group);
}

Json predicted_json(const OffloadPart& part) {
    return {{"group", group_json(part.group)},
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

Json measured_part_json(const OffloadMeasure::Part& part) {
    return {{"group", group_json(part.group)}, {"cold_ms", part.cold_ms}};
}

Json measured_json(const std::optional<OffloadMeasure>& measured) {
    if (!measured) return nullptr;
    return {{"store", printable(measured->store)},
            {"version", printable(measured->version)},
            {"slim_bytes", measured->slim_bytes},
            {"fetched_bytes", measured->fetched_bytes},
            {"rounds", measured->rounds},
            {"warm_ms", measured->warm_ms},
            {"parts", json_list(measured->parts, measured_part_json)}};
}

Json offload_json(const Experiment& experiment) {
    const OffloadPrediction& offload = experiment.offload;
    if (!offload.missing.empty()) return {{"missing", printable(offload.missing)}};
    return {{"slim_bytes", offload.slim_bytes},
            {"leaving_bytes", offload.leaving_bytes},
            {"leaving_files", offload.leaving_files},
            {"sampled_bytes", offload.sampled_bytes},
            {"predicted", json_list(offload.parts, predicted_json)},
            {"measured", measured_json(experiment.offload_measured)},
            {"fault", printable(experiment.offload_fault)}};
}

}  // namespace

nlohmann::ordered_json experiment_json(const Experiment& experiment) {
    Json packed = Json::object();
    for (const Packer packer : k_packers)
        packed[std::string(packer_name(packer))] = packed_json(experiment.packed_by(packer));
    Json model = Json::object();
    for (const auto& input : model_inputs(experiment)) model[input.key] = input.value;
    return {{"package", printable(experiment.package)},
            {"bytes", experiment.bytes},
            {"files", experiment.files},
            {"limit_bytes", experiment.limit_bytes},
            {"rate", experiment.rate},
            {"ways", json_list(experiment.ways, way_json)},
            {"executables", json_list(experiment.executables, executable_json)},
            {"packed", std::move(packed)},
            {"bundle", bundle_json(experiment.bundle)},
            {"offload", offload_json(experiment)},
            {"model", std::move(model)},
            {"recommendation",
             {{"way", printable(experiment.recommendation.way)},
              {"sentence", experiment.recommendation.sentence},
              {"reason", experiment.recommendation.reason}}}};
}

}  // namespace ballast
