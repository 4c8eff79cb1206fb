#include "analyze/analysis_json.hpp"

#include <string>

#include "base/json_list.hpp"
#include "base/relative_path.hpp"

namespace ballast {
namespace {

using Json = nlohmann::ordered_json;

Json check_json(const SizeCheck& check) {
    return {{"bytes", check.bytes},
            {"limit_bytes", check.limit_bytes},
            {"over", check.is_over()},
            {"estimated", check.estimated}};
}

// `first`, and what it takes.
Json with_amount(Json first, const Amount& amount) {
    first["bytes"] = amount.bytes;
    first["compressed_bytes"] = amount.compressed_bytes;
    first["files"] = amount.files;
    return first;
}

Json category_json(const CategoryPart& part) {
    Json json = with_amount({{"category", category_name(part.category)}}, part);
    json["percent"] = part.hundredths / 100.0;
    return json;
}

Json layer_json(const Layer& layer) {
    return {{"path", printable(layer.path)}, {"bytes", layer.bytes}, {"files", layer.files}};
}

Json big_entry_json(const BigEntry& entry) {
    Json json = with_amount({{"path", printable(entry.path)}}, entry);
    json["category"] = category_name(entry.category);
    return json;
}

Json extension_json(const ExtensionPart& part) {
    return with_amount({{"extension", printable(part.extension)}}, part);
}

Json package_json(const PackagePart& part) {
    return with_amount({{"ecosystem", ecosystem_name(part.package.ecosystem)},
                        {"name", printable(part.package.name)},
                        {"version", printable(part.package.version)},
                        {"path", printable(part.package.path)}},
                       part);
}

Json version_json(const PackageVersion& version) {
    return {{"version", printable(version.version)},
            {"copies", version.paths.size()},
            {"bytes", version.bytes},
            {"paths", json_list(version.paths, printable)}};
}

Json copies_json(const PackageCopies& copies) {
    return {{"ecosystem", ecosystem_name(copies.ecosystem)},
            {"name", printable(copies.name)},
            {"copies", copies.copies},
            {"bytes", copies.bytes},
            {"extra_bytes", copies.extra_bytes},
            {"versions", json_list(copies.versions, version_json)}};
}

Json equal_paths_json(const EqualPaths& set) {
    return {{"bytes", set.bytes},
            {"copies", set.copies},
            {"extra_bytes", set.extra_bytes},
            {"paths", json_list(set.paths, printable)}};
}

Json duplicates_json(const DuplicateFiles& all) {
    return {{"extra_bytes", all.extra_bytes},
            {"extra_files", all.extra_files},
            {"sets", all.sets},
            {"biggest", json_list(all.biggest, equal_paths_json)}};
}

Json leftover_json(const LeftoverPart& part) {
    Json json = with_amount({{"kind", leftover_name(part.kind)}}, part);
    json["biggest"] = json_list(part.biggest, big_entry_json);
    return json;
}

Json strippable_file_json(const StrippableFile& file) {
    return {{"path", printable(file.path)},
            {"bytes", file.bytes},
            {"debug_bytes", file.debug_bytes},
            {"symbol_bytes", file.symbol_bytes}};
}

Json strippable_json(const Strippable& all) {
    return {{"bytes", all.bytes()},
            {"debug_bytes", all.debug_bytes},
            {"symbol_bytes", all.symbol_bytes},
            {"files", all.files},
            {"biggest", json_list(all.biggest, strippable_file_json)}};
}

Json image_layer_json(const ImageLayer& layer) {
    return {{"name", printable(layer.name)},
            {"command", printable(layer.command)},
            {"bytes", layer.bytes},
            {"files", layer.files},
            {"hidden_bytes", layer.hidden_bytes}};
}

Json image_json(const ImageFacts& image) {
    return {{"platform", printable(image.platform)},
            {"bytes", image.bytes()},
            {"hidden_bytes", image.hidden_bytes()},
            {"layers", json_list(image.layers, image_layer_json)}};
}

Json lack_json(const Lack& lack) {
    return {{"path", printable(lack.path)}, {"message", lack.message}};
}

}  // namespace

nlohmann::ordered_json analysis_json(const Analysis& analysis) {
    Json json;
    json["package"] = printable(analysis.package);
    json["bytes"] = analysis.bytes;
    json["files"] = analysis.files;
    json["directories"] = analysis.directories;
    json["symlinks"] = analysis.symlinks;
    json["compressed_bytes"] = analysis.compressed_bytes;
    json["compressed_estimated"] = analysis.compressed_estimated;
    json["categories"] = json_list(analysis.categories, category_json);
    json["unzipped"] = check_json(analysis.unzipped);
    if (analysis.zipped) json["zipped"] = check_json(*analysis.zipped);
    json["layers"] = json_list(analysis.layers, layer_json);
    if (analysis.image) json["image"] = image_json(*analysis.image);
    json["biggest_files"] = json_list(analysis.biggest_files, big_entry_json);
    json["biggest_directories"] = json_list(analysis.biggest_directories, big_entry_json);
    json["extensions"] = json_list(analysis.extensions, extension_json);
    json["packages"] = json_list(analysis.packages, package_json);
    json["package_copies"] = json_list(analysis.package_copies, copies_json);
    json["duplicate_files"] = duplicates_json(analysis.duplicate_files);
    json["strippable"] = strippable_json(analysis.strippable);
    json["leftovers"] = json_list(analysis.leftovers, leftover_json);
    json["lacks"] = json_list(analysis.lacks, lack_json);
    return json;
}

}  // namespace ballast
