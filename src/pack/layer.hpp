#pragma once

#include <cstdint>
#include <string>

#include "base/result.hpp"

namespace ballast {

// A layer is unpacked into /opt. An extension in one is started for every function that has the layer,
// whether it wants that or not: so it has to be asked for.
enum class WithExtension : std::uint8_t { no, yes };

// Writes a layer for AWS Lambda: bin/ballast-run (bin/ is on a function's PATH), ballast-wrapper for
// AWS_LAMBDA_EXEC_WRAPPER, and extensions/ballast. A zip when `out` ends in ".zip", else a directory; it
// appears whole or not at all, and replaces only a layer. The same program gives the same bytes. Errors:
// usage when something else lies at `out`; those of reading the program and of the disk.
Result<void> write_layer(const std::string& run_program, WithExtension extension, const std::string& out);

}  // namespace ballast
