#include "format/lease.hpp"

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

Result<Lease> parse_lease(std::string_view text, std::string_view shown) {
    BALLAST_TRY(JsonFields fields,
                JsonFields::parse(text, shown, "remove the object once no push is under way"));
    Lease lease;
    std::uint64_t format = 0;
    BALLAST_CHECK(fields.read("ballast", format));
    if (format != k_format) {
        return fail(ErrorCode::corrupt, shown, fmt::format("lease format {} is not known", format),
                    "use the ballast that pushes to this store");
    }
    BALLAST_CHECK(fields.read("name", lease.name));
    BALLAST_CHECK(fields.read("version", lease.version));
    BALLAST_CHECK(fields.read("manifest", lease.manifest));
    BALLAST_CHECK(fields.read("packs", lease.packs));
    BALLAST_CHECK(fields.read("created", lease.created));
    BALLAST_CHECK(fields.refuse_unread());
    if (!is_version_name(lease.name)) return fields.refuse("name", "not a name");
    if (!is_version_name(lease.version)) return fields.refuse("version", "not a version's name");
    if (lease.packs.size() > k_max_lease_packs) return fields.refuse("packs", "more than a lease may name");
    if (!parse_utc(lease.created)) return fields.refuse("created", "not a time in UTC");
    return lease;
}

std::string write_lease(const Lease& lease) {
    nlohmann::ordered_json json;
    json["ballast"] = k_format;
    json["name"] = lease.name;
    json["version"] = lease.version;
    json["manifest"] = lease.manifest.hex();
    auto& packs = json["packs"] = nlohmann::ordered_json::array();
    for (const auto& pack : lease.packs) packs.push_back(pack.hex());
    json["created"] = lease.created;
    return json_text(json);
}

}  // namespace ballast
