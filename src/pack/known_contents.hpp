#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "base/result.hpp"
#include "codec/sha256.hpp"
#include "format/manifest.hpp"
#include "store/store.hpp"

namespace ballast {

// What the versions that a store holds already have: whole-file identity between versions.
class KnownContents {
  public:
    // Reads the manifests of the newest versions of the family, at most `most`.
    // A version whose manifest is gone is passed over; one that is damaged is an error.
    static Result<KnownContents> read(Store& store, const std::string& name, std::size_t most = 10);

    const std::vector<Manifest>& manifests() const { return m_manifests; }

    struct Location {
        std::uint32_t manifest = 0;  // index into manifests()
        std::uint32_t content = 0;   // index into its contents()
    };
    std::optional<Location> find(const Digest& content) const;

  private:
    std::vector<Manifest> m_manifests;
    std::unordered_map<Digest, Location> m_locations;
};

}  // namespace ballast
