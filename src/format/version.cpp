#include "format/version.hpp"

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

Result<Version> parse_version(std::string_view text, std::string_view shown) {
    BALLAST_TRY(JsonFields fields,
                JsonFields::parse(text, shown, "remove the object, then push the version again"));
    Version version;
    std::uint64_t format = 0;
    BALLAST_CHECK(fields.read("ballast", format));
    if (format != k_format)
        return fail(ErrorCode::corrupt, shown, fmt::format("version format {} is not known", format));
    BALLAST_CHECK(fields.read("name", version.name));
    BALLAST_CHECK(fields.read("version", version.version));
    BALLAST_CHECK(fields.read("tree", version.tree));
    BALLAST_CHECK(fields.read("tree_bytes", version.tree_bytes));
    BALLAST_CHECK(fields.read("manifest", version.manifest));
    BALLAST_CHECK(fields.read("manifest_bytes", version.manifest_bytes));
    BALLAST_CHECK(fields.read("created", version.created));
    BALLAST_CHECK(fields.refuse_unread());
    if (!is_version_name(version.name)) return fields.refuse("name", "not a name");
    if (!is_version_name(version.version)) return fields.refuse("version", "not a version's name");
    if (!parse_utc(version.created)) return fields.refuse("created", "not a time in UTC");
    return version;
}

std::string write_version(const Version& version) {
    nlohmann::ordered_json json;
    json["ballast"] = k_format;
    json["name"] = version.name;
    json["version"] = version.version;
    json["tree"] = version.tree.hex();
    json["tree_bytes"] = version.tree_bytes;
    json["manifest"] = version.manifest.hex();
    json["manifest_bytes"] = version.manifest_bytes;
    json["created"] = version.created;
    return json_text(json);
}

}  // namespace ballast
