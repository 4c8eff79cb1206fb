#include "pack/known_contents.hpp"

#include "lifecycle/versions.hpp"

namespace ballast {

Result<KnownContents> KnownContents::read(Store& store, const std::string& name, std::size_t most) {
    KnownContents known;
    BALLAST_TRY(const auto versions, read_versions(store, name));
    for (const auto& version : versions) {
        if (known.m_manifests.size() == most) break;
        auto read = if_present(read_manifest(store, version));
        if (!read) {
            Error error = std::move(read).error();
            if (error.code == ErrorCode::corrupt) error.hint = "remove the version, or pack with --repack";
            return pass_on(std::move(error));
        }
        auto& manifest = *read;
        // A gc removes versions first, so that one whose manifest is gone is going, too.
        if (!manifest) continue;
        const auto index = static_cast<std::uint32_t>(known.m_manifests.size());
        for (std::uint32_t i = 0; i < manifest->contents().size(); ++i) {
            known.m_locations.emplace(manifest->contents()[i].digest, Location{index, i});
        }
        known.m_manifests.push_back(std::move(*manifest));
    }
    return known;
}

std::optional<KnownContents::Location> KnownContents::find(const Digest& content) const {
    const auto at = m_locations.find(content);
    if (at == m_locations.end()) return std::nullopt;
    return at->second;
}

}  // namespace ballast
