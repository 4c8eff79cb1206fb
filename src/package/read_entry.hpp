#pragma once

#include <cstddef>
#include <cstdint>
#include <string>

#include "base/result.hpp"
#include "package/package.hpp"

namespace ballast {

// Reads the whole of entries()[index] into memory. Errors: corrupt when it has more bytes than that.
Result<std::string> read_entry(const Package& package, std::size_t index, std::uint64_t max_bytes);

// The first `max_bytes` of a file, or all of it.
Result<std::string> read_start(const Package& package, std::size_t index, std::size_t max_bytes);

}  // namespace ballast
