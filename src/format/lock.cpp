#include "format/lock.hpp"

#include "base/relative_path.hpp"
#include "format/json_fields.hpp"
#include "format/keys.hpp"
#include "format/manifest.hpp"

namespace ballast {
namespace {

constexpr RecordKind k_kind{
    "lock", "the package is damaged, or was packed by another version: deploy it with its own ballast-run",
    "use the ballast-run that was packed with it"};

template <typename Fields, typename Record>
void name_fields(Fields& fields, Record& lock) {
    fields.field("name", lock.name);
    fields.field("version", lock.version);
    fields.field("tree", lock.tree);
    fields.field("tree_bytes", lock.tree_bytes);
    fields.field("manifest", lock.manifest);
    fields.field("manifest_bytes", lock.manifest_bytes);
    fields.field("store", lock.store);
    fields.field("root", lock.root);
    fields.field("path", lock.path);
    fields.field("library_path", lock.library_path);
    fields.field("env", lock.env);
    fields.field_unless_empty("groups", lock.groups);
}

void check_directories(FieldReader& fields, const char* field, const std::vector<std::string>& directories) {
    for (const auto& directory : directories) {
        // "." is the tree's top; ':' would split the variable that the directory goes into.
        const auto fault = directory == "." ? std::string_view() : relative_path_fault(directory);
        fields.require(fault.empty(), field, fault);
        fields.require(directory.find(':') == std::string::npos, field, "a directory's name holds ':'");
    }
}

bool can_be_set(const std::string& name, const std::string& value) {
    return !name.empty() && name.find('=') == std::string::npos && name.find('\0') == std::string::npos &&
           value.find('\0') == std::string::npos;
}

}  // namespace

Result<Lock> parse_lock(std::string_view text, std::string_view name_in_errors) {
    FieldReader fields(text, name_in_errors, k_kind);
    Lock lock;
    name_fields(fields, lock);
    for (const auto& group : lock.groups)
        fields.require(is_group_name(group), "groups", "holds what is not a group's name");
    fields.require(is_version_name(lock.name), "name", "not a name");
    fields.require(is_version_name(lock.version), "version", "not a version's name");
    fields.require(lock.root.starts_with('/'), "root", "not an absolute path");
    check_directories(fields, "path", lock.path);
    check_directories(fields, "library_path", lock.library_path);
    for (const auto& [name, value] : lock.env)
        fields.require(can_be_set(name, value), "env", "a variable that cannot be set");
    BALLAST_CHECK(fields.finish());
    return lock;
}

std::string write_lock(const Lock& lock) {
    FieldWriter fields;
    name_fields(fields, lock);
    return fields.text();
}

}  // namespace ballast
