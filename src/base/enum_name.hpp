#pragma once

#include <cstddef>
#include <string_view>

namespace ballast {

// The name of `value`: enum_name(codec, {"raw", "zstd", "lz4"}).
// REQUIRES: the enum counts from 0 without a gap, and `names` are in its order. "unknown" past the last.
template <typename Enum, std::size_t count>
constexpr std::string_view enum_name(Enum value, const std::string_view (&names)[count]) {
    const auto index = static_cast<std::size_t>(value);
    return index < count ? names[index] : "unknown";
}

}  // namespace ballast
