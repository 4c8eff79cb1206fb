#include "analyze/analysis_json.hpp"

#include <nlohmann/json.hpp>
#include <string>

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

void add_amount(Json& json, const Amount& amount) {
    json["bytes"] = amount.bytes;
    json["compressed_bytes"] = amount.compressed_bytes;
    json["files"] = amount.files;
}

Json biggest_json(const std::vector<BigEntry>& list) {
    Json json = Json::array();
    for (const auto& entry : list) {
        Json row = {{"path", printable(entry.path)}};
        add_amount(row, entry);
        row["category"] = category_name(entry.category);
        json.push_back(std::move(row));
    }
    return json;
}

Json paths_json(const std::vector<std::string>& paths) {
    Json json = Json::array();
    for (const auto& path : paths) json.push_back(printable(path));
    return json;
}

Json extensions_json(const std::vector<ExtensionPart>& extensions) {
    Json json = Json::array();
    for (const auto& part : extensions) {
        Json row = {{"extension", printable(part.extension)}};
        add_amount(row, part);
        json.push_back(std::move(row));
    }
    return json;
}

Json packages_json(const std::vector<PackagePart>& packages) {
    Json json = Json::array();
    for (const auto& part : packages) {
        Json row = {{"ecosystem", ecosystem_name(part.package.ecosystem)},
                    {"name", printable(part.package.name)},
                    {"version", printable(part.package.version)},
                    {"path", printable(part.package.path)}};
        add_amount(row, part);
        json.push_back(std::move(row));
    }
    return json;
}

Json copies_json(const std::vector<PackageCopies>& all) {
    Json json = Json::array();
    for (const auto& copies : all) {
        Json versions = Json::array();
        for (const auto& version : copies.versions) {
            versions.push_back({{"version", printable(version.version)},
                                {"copies", version.paths.size()},
                                {"bytes", version.bytes},
                                {"paths", paths_json(version.paths)}});
        }
        json.push_back({{"ecosystem", ecosystem_name(copies.ecosystem)},
                        {"name", printable(copies.name)},
                        {"copies", copies.copies},
                        {"bytes", copies.bytes},
                        {"extra_bytes", copies.extra_bytes},
                        {"versions", std::move(versions)}});
    }
    return json;
}

Json duplicates_json(const DuplicateFiles& all) {
    Json biggest = Json::array();
    for (const auto& set : all.biggest) {
        biggest.push_back({{"bytes", set.bytes},
                           {"copies", set.copies},
                           {"extra_bytes", set.extra_bytes},
                           {"paths", paths_json(set.paths)}});
    }
    return {{"extra_bytes", all.extra_bytes},
            {"extra_files", all.extra_files},
            {"sets", all.sets},
            {"biggest", std::move(biggest)}};
}

template <typename Leftovers>
Json leftovers_json(const Leftovers& leftovers) {
    Json json = Json::array();
    for (const auto& part : leftovers) {
        Json row = {{"kind", leftover_name(part.kind)}};
        add_amount(row, part);
        row["biggest"] = biggest_json(part.biggest);
        json.push_back(std::move(row));
    }
    return json;
}

Json strippable_json(const Strippable& all) {
    Json biggest = Json::array();
    for (const auto& file : all.biggest) {
        biggest.push_back({{"path", printable(file.path)},
                           {"bytes", file.bytes},
                           {"debug_bytes", file.debug_bytes},
                           {"symbol_bytes", file.symbol_bytes}});
    }
    return {{"bytes", all.bytes()},
            {"debug_bytes", all.debug_bytes},
            {"symbol_bytes", all.symbol_bytes},
            {"files", all.files},
            {"biggest", std::move(biggest)}};
}

Json image_json(const ImageFacts& image) {
    Json layers = Json::array();
    for (const auto& layer : image.layers) {
        layers.push_back({{"name", printable(layer.name)},
                          {"command", printable(layer.command)},
                          {"bytes", layer.bytes},
                          {"files", layer.files},
                          {"hidden_bytes", layer.hidden_bytes}});
    }
    return {{"platform", printable(image.platform)},
            {"bytes", image.bytes()},
            {"hidden_bytes", image.hidden_bytes()},
            {"layers", std::move(layers)}};
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
    json["categories"] = Json::array();
    for (const auto& part : analysis.categories) {
        Json row = {{"category", category_name(part.category)}};
        add_amount(row, part);
        row["percent"] = part.hundredths / 100.0;
        json["categories"].push_back(std::move(row));
    }
    json["unzipped"] = check_json(analysis.unzipped);
    if (analysis.zipped) json["zipped"] = check_json(*analysis.zipped);
    json["layers"] = Json::array();
    for (const auto& layer : analysis.layers) {
        json["layers"].push_back(
            {{"path", printable(layer.path)}, {"bytes", layer.bytes}, {"files", layer.files}});
    }
    if (analysis.image) json["image"] = image_json(*analysis.image);
    json["biggest_files"] = biggest_json(analysis.biggest_files);
    json["biggest_directories"] = biggest_json(analysis.biggest_directories);
    json["extensions"] = extensions_json(analysis.extensions);
    json["packages"] = packages_json(analysis.packages);
    json["package_copies"] = copies_json(analysis.package_copies);
    json["duplicate_files"] = duplicates_json(analysis.duplicate_files);
    json["strippable"] = strippable_json(analysis.strippable);
    json["leftovers"] = leftovers_json(analysis.leftovers);
    json["lacks"] = Json::array();
    for (const auto& lack : analysis.lacks) {
        json["lacks"].push_back({{"path", printable(lack.path)}, {"message", lack.message}});
    }
    return json;
}

}  // namespace ballast
