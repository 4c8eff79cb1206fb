#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.hpp"
#include "package/package.hpp"

namespace ballast {

// The index of the file at a path; none when nothing is there, or something else.
std::optional<std::size_t> find_file(const Package& package, std::string_view path);

// Reads the whole of entries()[index] into memory. Errors: corrupt when it has more bytes than that.
Result<std::string> read_entry(const Package& package, std::size_t index, std::uint64_t max_bytes);

// The first `max_bytes` of a file, or all of it.
Result<std::string> read_start(const Package& package, std::size_t index, std::size_t max_bytes);

}  // namespace ballast
