#pragma once

#include <cstddef>
#include <cstdint>

namespace ballast {

// AWS Lambda developer guide, "Lambda quotas": unzipped with layers, the zip of a direct upload, how many
// layers a function takes, the layers of an image, uncompressed, and /tmp, at most and without paying.
inline constexpr std::uint64_t k_max_unzipped_bytes = 262'144'000;
inline constexpr std::uint64_t k_max_zipped_bytes = 52'428'800;
inline constexpr std::size_t k_max_layers = 5;
inline constexpr std::uint64_t k_max_image_bytes = 10'737'418'240;
inline constexpr std::uint64_t k_max_tmp_bytes = 10'240ULL << 20U;
inline constexpr std::uint64_t k_free_tmp_bytes = 512ULL << 20U;

}  // namespace ballast
