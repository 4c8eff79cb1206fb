#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "codec/sha256.hpp"

namespace ballast {

inline constexpr std::uint64_t k_max_mark_bytes = 64 << 20;
// More would not fit; one gc removes at most so many, and the next goes on.
inline constexpr std::size_t k_max_mark_objects = 250'000;

// One version of one family.
struct VersionName {
    std::string name;
    std::string version;
    auto operator<=>(const VersionName&) const = default;  // NOLINT(modernize-use-nullptr): as of Digest
};

// The record under gc/<random>: a gc is about to remove some of these objects, so that no push may
// rely on them until the mark is gone. docs/lifecycle.md has the protocol.
struct RemovalMark {
    std::vector<VersionName> versions;
    std::vector<Digest> manifests;
    std::vector<Digest> packs;
    std::string created;  // UTC, by the clock of who removes; for people

    std::size_t objects() const { return versions.size() + manifests.size() + packs.size(); }
};

// Errors: corrupt, naming `name_in_errors`.
Result<RemovalMark> parse_removal_mark(std::string_view text, std::string_view name_in_errors);
std::string write_removal_mark(const RemovalMark& mark);

}  // namespace ballast
