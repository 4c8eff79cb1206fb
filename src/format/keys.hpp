#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "codec/sha256.hpp"

// Where things lie in a store. Part of the format: must not change.

namespace ballast {

inline constexpr std::string_view k_packs_prefix = "packs/";
inline constexpr std::string_view k_manifests_prefix = "manifests/";
inline constexpr std::string_view k_versions_prefix = "versions/";
inline constexpr std::string_view k_leases_prefix = "leases/";
inline constexpr std::string_view k_marks_prefix = "gc/";

inline std::string pack_key(const Digest& digest) {
    return "packs/" + digest.hex();
}
inline std::string manifest_key(const Digest& digest) {
    return "manifests/" + digest.hex();
}
inline std::string version_key(std::string_view name, std::string_view version) {
    return "versions/" + std::string(name) + "/" + std::string(version);
}
inline std::string versions_prefix(std::string_view name) {
    return "versions/" + std::string(name) + "/";
}

// `random`: 32 hexadecimal digits that no other lease or mark has.
inline std::string lease_key(const Digest& manifest, std::string_view random) {
    return std::string(k_leases_prefix) + manifest.hex() + "-" + std::string(random);
}
inline std::string mark_key(std::string_view random) {
    return std::string(k_marks_prefix) + std::string(random);
}

// The digest that names a pack or manifest; nothing when the key is not exactly `prefix` and a digest.
std::optional<Digest> digest_of_key(std::string_view prefix, std::string_view key);

// Whether `name` can name a family or a version: [A-Za-z0-9][A-Za-z0-9._+-]{0,127}.
bool is_version_name(std::string_view name);

}  // namespace ballast
