#include "lifecycle/versions.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <tuple>

#include "base/file.hpp"
#include "base/interrupt.hpp"
#include "base/relative_path.hpp"
#include "format/keys.hpp"

namespace ballast {
namespace {

constexpr std::size_t k_min_prefix = 4;
constexpr std::size_t k_most_named = 5;

bool newer(const StoredVersion& a, const StoredVersion& b) {
    if (a.record.created != b.record.created) return a.record.created > b.record.created;
    return std::tie(a.record.name, a.record.version) < std::tie(b.record.name, b.record.version);
}

tl::unexpected<Error> ambiguous(const std::string& text, const std::vector<StoredVersion>& found) {
    std::string names;
    for (std::size_t i = 0; i < std::min(found.size(), k_most_named); ++i) {
        names += (i == 0 ? "" : ", ") + found[i].label();
    }
    if (found.size() > k_most_named) names += fmt::format(" and {} more", found.size() - k_most_named);
    return fail(ErrorCode::usage, text, fmt::format("can mean {} versions: {}", found.size(), names),
                "write it as NAME/VERSION");
}

}  // namespace

std::string shown_object(const Store& store, std::string_view key) {
    return fmt::format("{}: {}", store.url(), printable(key));
}

Result<VersionList> list_versions(Store& store, const std::string& name) {
    const std::string prefix = name.empty() ? std::string(k_versions_prefix) : versions_prefix(name);
    BALLAST_TRY(const auto objects, store.list(prefix));
    VersionList list;
    for (const auto& object : objects) {
        BALLAST_CHECK(check_interrupt(store.url()));
        const std::string name_in_errors = shown_object(store, object.key);
        auto text = read_object(store, object.key, k_max_version_bytes);
        if (!text && text.error().code == ErrorCode::not_found) continue;
        if (!text && text.error().code == ErrorCode::corrupt) {
            list.damaged.push_back(std::move(text).error());
            continue;
        }
        if (!text) return pass_on(std::move(text));
        auto record = parse_version(*text, name_in_errors);
        if (record && version_key(record->name, record->version) != object.key) {
            list.damaged.push_back(Error{
                ErrorCode::corrupt, name_in_errors,
                fmt::format("is the record of {}/{}, which has another key", record->name, record->version),
                "remove the object, then push the version again"});
        } else if (!record) {
            list.damaged.push_back(std::move(record).error());
        } else {
            list.versions.push_back({std::move(*record), object.bytes, object.modified});
        }
    }
    std::sort(list.versions.begin(), list.versions.end(), newer);
    return list;
}

Result<std::vector<Version>> read_versions(Store& store, const std::string& name) {
    BALLAST_TRY(VersionList list, list_versions(store, name));
    if (!list.damaged.empty()) return pass_on(std::move(list.damaged.front()));
    std::vector<Version> versions;
    versions.reserve(list.versions.size());
    for (auto& version : list.versions) versions.push_back(std::move(version.record));
    return versions;
}

Result<StoredVersion> find_version(Store& store, const std::string& text, const std::string& name) {
    const auto slash = text.find('/');
    const std::string family = slash == std::string::npos ? name : text.substr(0, slash);
    const std::string wanted = slash == std::string::npos ? text : text.substr(slash + 1);
    if (!is_version_name(wanted) || (!family.empty() && !is_version_name(family))) {
        return fail(ErrorCode::usage, printable(text), "cannot name a version",
                    "write VERSION or NAME/VERSION");
    }
    if (slash != std::string::npos && !name.empty() && family != name) {
        return fail(ErrorCode::usage, printable(text), "is not of the name " + name,
                    "leave one of the names out");
    }
    BALLAST_TRY(VersionList list, list_versions(store, family));
    std::vector<StoredVersion> exact;
    std::vector<StoredVersion> starting;
    for (auto& version : list.versions) {
        const std::string& own = version.record.version;
        if (own == wanted) {
            exact.push_back(std::move(version));
        } else if (wanted.size() >= k_min_prefix && own.starts_with(wanted)) {
            starting.push_back(std::move(version));
        }
    }
    auto& found = exact.empty() ? starting : exact;
    if (found.size() > 1) return ambiguous(text, found);
    if (found.size() == 1) return std::move(found.front());
    // What was asked for may be there, and damaged.
    const std::string key = shown_object(store, version_key(family, wanted));
    for (auto& error : list.damaged) {
        if (error.object == key || (family.empty() && error.object.ends_with("/" + wanted)))
            return pass_on(std::move(error));
    }
    return fail(ErrorCode::not_found, fmt::format("{}: {}", store.url(), text), "no such version",
                "see what there is with 'ballast versions'");
}

Result<Manifest> read_manifest(Store& store, const Version& version) {
    const std::string key = manifest_key(version.manifest);
    const std::string name_in_errors = shown_object(store, key);
    BALLAST_TRY(std::string bytes, read_object(store, key, k_max_manifest_bytes));
    if (sha256(as_bytes(bytes)) != version.manifest) {
        return fail(ErrorCode::corrupt, name_in_errors, "does not have the digest that its version names");
    }
    return Manifest::parse(std::move(bytes), name_in_errors);
}

}  // namespace ballast
