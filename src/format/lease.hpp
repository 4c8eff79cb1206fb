#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "codec/sha256.hpp"

namespace ballast {

inline constexpr std::uint64_t k_max_lease_bytes = 64 << 20;
// More would not fit: 32 TB in packs of the usual size.
inline constexpr std::size_t k_max_lease_packs = 500'000;

// The record under leases/<manifest digest>-<random>: a push is under way that needs these objects,
// so that no gc removes them. docs/lifecycle.md has the protocol.
struct Lease {
    std::string name;     // of the version that will be written
    std::string version;  // the same
    Digest manifest;
    std::vector<Digest> packs;  // that the manifest refers to
    std::string created;        // UTC, by the pusher's clock; for people
};

// Errors: corrupt, naming `name_in_errors`.
Result<Lease> parse_lease(std::string_view text, std::string_view name_in_errors);
std::string write_lease(const Lease& lease);

}  // namespace ballast
