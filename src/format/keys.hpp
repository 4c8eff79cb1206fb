#pragma once

#include <string>
#include <string_view>

#include "codec/sha256.hpp"

// Where things lie in a store. Part of the format: must not change.

namespace ballast {

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

// Whether `name` can name a family or a version: [A-Za-z0-9][A-Za-z0-9._+-]{0,127}.
bool is_version_name(std::string_view name);

}  // namespace ballast
