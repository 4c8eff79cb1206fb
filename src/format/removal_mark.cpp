#include "format/removal_mark.hpp"

#include <algorithm>

#include "format/json_fields.hpp"
#include "format/keys.hpp"
#include "format/utc_time.hpp"

namespace ballast {
namespace {

constexpr RecordKind k_kind{"mark", "remove the object once no 'ballast gc' is under way",
                            "use the ballast that removes from this store"};

template <typename Fields, typename Names, typename Record>
void name_fields(Fields& fields, Names& versions, Record& mark) {
    fields.field("versions", versions);
    fields.field("manifests", mark.manifests);
    fields.field("packs", mark.packs);
    fields.field("created", mark.created);
}

}  // namespace

Result<RemovalMark> parse_removal_mark(std::string_view text, std::string_view name_in_errors) {
    FieldReader fields(text, name_in_errors, k_kind);
    RemovalMark mark;
    std::vector<std::string> versions;
    name_fields(fields, versions, mark);
    for (const auto& both : versions) {
        const auto slash = std::min(both.find('/'), both.size());
        VersionName version{both.substr(0, slash), both.substr(std::min(slash + 1, both.size()))};
        fields.require(is_version_name(version.name) && is_version_name(version.version), "versions",
                       "not a name and a version");
        mark.versions.push_back(std::move(version));
    }
    fields.require(mark.objects() <= k_max_mark_objects, "packs", "more than a mark may name");
    fields.require(parse_utc(mark.created).has_value(), "created", "not a time in UTC");
    BALLAST_CHECK(fields.finish());
    return mark;
}

std::string write_removal_mark(const RemovalMark& mark) {
    std::vector<std::string> versions;
    for (const auto& version : mark.versions) versions.push_back(version.name + "/" + version.version);
    FieldWriter fields;
    name_fields(fields, versions, mark);
    return fields.text();
}

}  // namespace ballast
