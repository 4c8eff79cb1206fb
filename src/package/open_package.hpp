#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "base/result.hpp"
#include "package/package.hpp"

namespace ballast {

// Whether a container image's archive (package/image/image_package.hpp) is a package, too: it can be looked
// at, not packed.
enum class Images : std::uint8_t { refused, taken };

// Opens a directory, or a zip by its content ("PK"), not its name.
// Errors: not_found; usage for anything else than those two, and for sockets, devices, FIFOs and
// set-uid or set-gid files, each named; corrupt for a zip that must not be trusted.
Result<std::unique_ptr<Package>> open_package(const std::string& path, const PackageLimits& limits = {},
                                              Images images = Images::refused);

}  // namespace ballast
