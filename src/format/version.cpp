#include "format/version.hpp"

#include "format/json_fields.hpp"
#include "format/keys.hpp"
#include "format/utc_time.hpp"

namespace ballast {
namespace {

constexpr RecordKind k_kind{"version", "remove the object, then push the version again", ""};

template <typename Fields, typename Record>
void name_fields(Fields& fields, Record& version) {
    fields.field("name", version.name);
    fields.field("version", version.version);
    fields.field("tree", version.tree);
    fields.field("tree_bytes", version.tree_bytes);
    fields.field("manifest", version.manifest);
    fields.field("manifest_bytes", version.manifest_bytes);
    fields.field("created", version.created);
}

}  // namespace

Result<Version> parse_version(std::string_view text, std::string_view name_in_errors) {
    FieldReader fields(text, name_in_errors, k_kind);
    Version version;
    name_fields(fields, version);
    fields.require(is_version_name(version.name), "name", "not a name");
    fields.require(is_version_name(version.version), "version", "not a version's name");
    fields.require(parse_utc(version.created).has_value(), "created", "not a time in UTC");
    BALLAST_CHECK(fields.finish());
    return version;
}

std::string write_version(const Version& version) {
    FieldWriter fields;
    name_fields(fields, version);
    return fields.text();
}

}  // namespace ballast
