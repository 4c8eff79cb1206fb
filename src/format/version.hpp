#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.hpp"
#include "codec/sha256.hpp"

namespace ballast {

inline constexpr std::uint64_t k_max_version_bytes = 1 << 20;

// The record under versions/<name>/<version>, written last of all that a version needs: where it
// is, its manifest and packs are.
struct Version {
    std::string name;
    std::string version;
    Digest tree;
    std::uint64_t tree_bytes = 0;
    Digest manifest;
    std::uint64_t manifest_bytes = 0;
    std::string created;  // UTC, "2026-11-23T10:00:00Z"
};

// Errors: corrupt, naming `name_in_errors`.
Result<Version> parse_version(std::string_view text, std::string_view name_in_errors);
std::string write_version(const Version& version);

}  // namespace ballast
