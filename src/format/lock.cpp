#include "format/lock.hpp"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include <set>

#include "base/json_text.hpp"
#include "base/relative_path.hpp"
#include "format/json_fields.hpp"
#include "format/keys.hpp"
#include "format/manifest.hpp"

namespace ballast {
namespace {

constexpr std::uint64_t k_format = 1;

Result<void> check_directories(const std::vector<std::string>& directories, const JsonFields& fields,
                               const char* field) {
    for (const auto& directory : directories) {
        // "." is the tree's top; ':' would split the variable that the directory goes into.
        const auto fault = directory == "." ? std::string_view() : relative_path_fault(directory);
        if (!fault.empty()) return fields.refuse(field, fault);
        if (directory.find(':') != std::string::npos)
            return fields.refuse(field, "a directory's name holds ':'");
    }
    return {};
}

Result<void> check_environment(const std::map<std::string, std::string>& env, const JsonFields& fields) {
    for (const auto& [name, value] : env) {
        if (name.empty() || name.find('=') != std::string::npos || name.find('\0') != std::string::npos ||
            value.find('\0') != std::string::npos) {
            return fields.refuse("env", "a variable that cannot be set");
        }
    }
    return {};
}

Result<void> read_groups(JsonFields& fields, Lock& lock) {
    if (!fields.has("groups")) return {};
    BALLAST_CHECK(fields.read("groups", lock.groups));
    if (lock.groups.empty()) return fields.refuse("groups", "names none");
    for (const auto& group : lock.groups) {
        if (!is_group_name(group)) return fields.refuse("groups", "holds what is not a group's name");
    }
    return {};
}

}  // namespace

Result<Lock> parse_lock(std::string_view text, std::string_view shown) {
    BALLAST_TRY(JsonFields fields, JsonFields::parse(text, shown, "the package is damaged: deploy it again"));
    Lock lock;
    std::uint64_t format = 0;
    BALLAST_CHECK(fields.read("ballast", format));
    if (format != k_format) {
        return fail(ErrorCode::corrupt, shown, fmt::format("lock format {} is not known", format),
                    "use the ballast-run that was packed with it");
    }
    BALLAST_CHECK(fields.read("name", lock.name));
    BALLAST_CHECK(fields.read("version", lock.version));
    BALLAST_CHECK(fields.read("tree", lock.tree));
    BALLAST_CHECK(fields.read("tree_bytes", lock.tree_bytes));
    BALLAST_CHECK(fields.read("manifest", lock.manifest));
    BALLAST_CHECK(fields.read("manifest_bytes", lock.manifest_bytes));
    BALLAST_CHECK(fields.read("store", lock.store));
    BALLAST_CHECK(fields.read("root", lock.root));
    BALLAST_CHECK(fields.read("path", lock.path));
    BALLAST_CHECK(fields.read("library_path", lock.library_path));
    BALLAST_CHECK(fields.read("env", lock.env));
    BALLAST_CHECK(read_groups(fields, lock));
    BALLAST_CHECK(fields.refuse_unread());

    if (!is_version_name(lock.name)) return fields.refuse("name", "not a name");
    if (!is_version_name(lock.version)) return fields.refuse("version", "not a version's name");
    if (lock.root.empty() || lock.root.front() != '/') return fields.refuse("root", "not an absolute path");
    BALLAST_CHECK(check_directories(lock.path, fields, "path"));
    BALLAST_CHECK(check_directories(lock.library_path, fields, "library_path"));
    BALLAST_CHECK(check_environment(lock.env, fields));
    return lock;
}

std::string write_lock(const Lock& lock) {
    nlohmann::ordered_json json;
    json["ballast"] = k_format;
    json["name"] = lock.name;
    json["version"] = lock.version;
    json["tree"] = lock.tree.hex();
    json["tree_bytes"] = lock.tree_bytes;
    json["manifest"] = lock.manifest.hex();
    json["manifest_bytes"] = lock.manifest_bytes;
    json["store"] = lock.store;
    json["root"] = lock.root;
    json["path"] = lock.path;
    json["library_path"] = lock.library_path;
    json["env"] = lock.env;
    if (!lock.groups.empty()) json["groups"] = lock.groups;
    return json_text(json);
}

}  // namespace ballast
