#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

// Times as records have them: "2026-11-23T10:00:00Z". Part of the format: must not change. Of equal
// length and in UTC, so that texts sort as the times do.

namespace ballast {

std::string write_utc(std::chrono::sys_seconds time);

// Nothing when `text` is not exactly such a time, of a day that exists.
std::optional<std::chrono::sys_seconds> parse_utc(std::string_view text);

// This machine's clock. For records that people read; what may be removed is decided by the store's.
std::string utc_now();

}  // namespace ballast
