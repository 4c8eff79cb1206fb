#include "format/lease.hpp"

#include "format/json_fields.hpp"
#include "format/keys.hpp"
#include "format/utc_time.hpp"

namespace ballast {
namespace {

constexpr RecordKind k_kind{"lease", "remove the object once no push is under way",
                            "use the ballast that pushes to this store"};

template <typename Fields, typename Record>
void name_fields(Fields& fields, Record& lease) {
    fields.field("name", lease.name);
    fields.field("version", lease.version);
    fields.field("manifest", lease.manifest);
    fields.field("packs", lease.packs);
    fields.field("created", lease.created);
}

}  // namespace

Result<Lease> parse_lease(std::string_view text, std::string_view name_in_errors) {
    FieldReader fields(text, name_in_errors, k_kind);
    Lease lease;
    name_fields(fields, lease);
    fields.require(is_version_name(lease.name), "name", "not a name");
    fields.require(is_version_name(lease.version), "version", "not a version's name");
    fields.require(lease.packs.size() <= k_max_lease_packs, "packs", "more than a lease may name");
    fields.require(parse_utc(lease.created).has_value(), "created", "not a time in UTC");
    BALLAST_CHECK(fields.finish());
    return lease;
}

std::string write_lease(const Lease& lease) {
    FieldWriter fields;
    name_fields(fields, lease);
    return fields.text();
}

}  // namespace ballast
