#include "pack/known_contents.hpp"

#include <algorithm>

#include "base/file.hpp"
#include "format/keys.hpp"

namespace ballast {

Result<std::vector<Version>> read_versions(Store& store, const std::string& name) {
    BALLAST_TRY(const auto objects, store.list(versions_prefix(name)));
    std::vector<Version> versions;
    for (const auto& object : objects) {
        BALLAST_TRY(const std::string text, read_object(store, object.key, k_max_version_bytes));
        BALLAST_TRY(Version version, parse_version(text, store.url() + ": " + object.key));
        versions.push_back(std::move(version));
    }
    std::stable_sort(versions.begin(), versions.end(),
                     [](const Version& a, const Version& b) { return a.created > b.created; });
    return versions;
}

Result<KnownContents> KnownContents::read(Store& store, const std::string& name, std::size_t most) {
    KnownContents known;
    BALLAST_TRY(const auto versions, read_versions(store, name));
    for (const auto& version : versions) {
        if (known.m_manifests.size() == most) break;
        const std::string key = manifest_key(version.manifest);
        const std::string shown = store.url() + ": " + key;
        auto bytes = read_object(store, key, k_max_manifest_bytes);
        if (!bytes && bytes.error().code == ErrorCode::not_found) continue;
        if (!bytes) return pass_on(std::move(bytes));
        if (sha256(as_bytes(*bytes)) != version.manifest) {
            return fail(ErrorCode::corrupt, shown, "does not have the digest that its version names",
                        "remove the version, or pack with --repack");
        }
        BALLAST_TRY(Manifest manifest, Manifest::parse(std::move(*bytes), shown));
        const auto index = static_cast<std::uint32_t>(known.m_manifests.size());
        for (std::uint32_t i = 0; i < manifest.contents().size(); ++i) {
            known.m_locations.emplace(manifest.contents()[i].digest, Location{index, i});
        }
        known.m_manifests.push_back(std::move(manifest));
    }
    return known;
}

std::optional<KnownContents::Location> KnownContents::find(const Digest& content) const {
    const auto at = m_locations.find(content);
    if (at == m_locations.end()) return std::nullopt;
    return at->second;
}

}  // namespace ballast
