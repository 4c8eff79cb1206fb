#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.hpp"

namespace ballast {

inline constexpr std::uint64_t k_kib = 1024;
inline constexpr std::uint64_t k_mib = 1024 * k_kib;
inline constexpr std::uint64_t k_gib = 1024 * k_mib;

// Lambda's own arithmetic: its "250 MB" is 262,144,000 bytes, so KB, MB, GB and TB are powers of
// 1024 here, read and shown; KiB, MiB, GiB and TiB are read as the same. "1536", "250MB", "1.5 GB".
Result<std::uint64_t> parse_size(std::string_view text);

// "2.4 MB", "812 B": one decimal below 100, none above.
std::string format_size(std::uint64_t bytes);

// "12,345,678"
std::string format_count(std::uint64_t value);

// "1 pack", "2,582 packs"; `many` for words whose plural is not made by an s.
std::string counted(std::uint64_t count, std::string_view one, std::string_view many = {});

// "124 MB under the limit of 250 MB", "12.0 MB over the limit of 250 MB".
std::string against_limit(std::uint64_t bytes, std::uint64_t limit);

// "57.67 %" of part in whole; "0.00 %" when whole is 0.
std::string format_share(std::uint64_t part, std::uint64_t whole);

}  // namespace ballast
