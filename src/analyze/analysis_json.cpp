#include <nlohmann/json.hpp>
#include <string>

#include "analyze/analyze.hpp"
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

Json biggest_json(const std::vector<BigEntry>& list) {
    Json json = Json::array();
    for (const auto& entry : list) {
        json.push_back({{"path", printable(entry.path)},
                        {"bytes", entry.bytes},
                        {"files", entry.files},
                        {"category", category_name(entry.category)}});
    }
    return json;
}

}  // namespace

nlohmann::ordered_json analysis_json(const Analysis& analysis) {
    Json json;
    json["package"] = printable(analysis.package);
    json["bytes"] = analysis.bytes;
    json["files"] = analysis.files;
    json["directories"] = analysis.directories;
    json["symlinks"] = analysis.symlinks;
    json["categories"] = Json::array();
    for (const auto& part : analysis.categories) {
        json["categories"].push_back({{"category", category_name(part.category)},
                                      {"bytes", part.bytes},
                                      {"files", part.files},
                                      {"percent", part.hundredths / 100.0}});
    }
    json["unzipped"] = check_json(analysis.unzipped);
    json["zipped"] = check_json(analysis.zipped);
    json["biggest_files"] = biggest_json(analysis.biggest_files);
    json["biggest_directories"] = biggest_json(analysis.biggest_directories);
    json["lacks"] = Json::array();
    for (const auto& lack : analysis.lacks) {
        json["lacks"].push_back({{"path", printable(lack.path)}, {"message", lack.message}});
    }
    return json;
}

}  // namespace ballast
