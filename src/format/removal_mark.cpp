#include "format/removal_mark.hpp"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "base/json_text.hpp"
#include "format/json_fields.hpp"
#include "format/keys.hpp"
#include "format/utc_time.hpp"

namespace ballast {
namespace {

constexpr std::uint64_t k_format = 1;

}  // namespace

Result<RemovalMark> parse_removal_mark(std::string_view text, std::string_view shown) {
    BALLAST_TRY(JsonFields fields,
                JsonFields::parse(text, shown, "remove the object once no 'ballast gc' is under way"));
    RemovalMark mark;
    std::uint64_t format = 0;
    BALLAST_CHECK(fields.read("ballast", format));
    if (format != k_format) {
        return fail(ErrorCode::corrupt, shown, fmt::format("mark format {} is not known", format),
                    "use the ballast that removes from this store");
    }
    std::vector<std::string> versions;
    BALLAST_CHECK(fields.read("versions", versions));
    BALLAST_CHECK(fields.read("manifests", mark.manifests));
    BALLAST_CHECK(fields.read("packs", mark.packs));
    BALLAST_CHECK(fields.read("created", mark.created));
    BALLAST_CHECK(fields.refuse_unread());
    for (const auto& text_of_one : versions) {
        const auto slash = text_of_one.find('/');
        if (slash == std::string::npos) return fields.refuse("versions", "not a name and a version");
        VersionName version{text_of_one.substr(0, slash), text_of_one.substr(slash + 1)};
        if (!is_version_name(version.name) || !is_version_name(version.version)) {
            return fields.refuse("versions", "not a name and a version");
        }
        mark.versions.push_back(std::move(version));
    }
    if (mark.objects() > k_max_mark_objects) return fields.refuse("packs", "more than a mark may name");
    if (!parse_utc(mark.created)) return fields.refuse("created", "not a time in UTC");
    return mark;
}

std::string write_removal_mark(const RemovalMark& mark) {
    nlohmann::ordered_json json;
    json["ballast"] = k_format;
    auto& versions = json["versions"] = nlohmann::ordered_json::array();
    for (const auto& version : mark.versions) versions.push_back(version.name + "/" + version.version);
    auto& manifests = json["manifests"] = nlohmann::ordered_json::array();
    for (const auto& manifest : mark.manifests) manifests.push_back(manifest.hex());
    auto& packs = json["packs"] = nlohmann::ordered_json::array();
    for (const auto& pack : mark.packs) packs.push_back(pack.hex());
    json["created"] = mark.created;
    return json_text(json);
}

}  // namespace ballast
