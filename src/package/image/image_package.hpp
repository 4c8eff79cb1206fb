#pragma once

#include <cstddef>
#include <memory>
#include <span>
#include <string>

#include "base/fd.hpp"
#include "base/result.hpp"
#include "package/image/image_facts.hpp"
#include "package/package.hpp"

namespace ballast {

// The files of a container image as a container sees them: all layers over each other, whiteouts applied.
// Reads what `docker save` or an OCI tool wrote as one tar, plain or compressed with gzip or zstd, its layers
// too. All layers are unpacked once, into a file without a name in $TMPDIR or /tmp, so that files can be read
// in any order. (Reading a compressed layer anew for each file lost: an image has thousands.)
//
// Absolute symlinks become relative ones from the image's top. Set-uid bits are dropped; devices, FIFOs and
// sockets are left out. Each name of a hard-linked file is a file, as in a directory. Of an OCI index with
// several platforms linux/amd64 is taken.
//
// Errors: usage for a tar that is not an image, or holds several; corrupt for what must not be trusted: paths
// that climb, layers that are missing or damaged, sizes over the limits, bombs; no_space.
Result<std::unique_ptr<Package>> open_image_package(Fd fd, const std::string& name,
                                                    const PackageLimits& limits);

// Whether a file starts like one that open_image_package() reads: a tar, gzip or zstd.
inline constexpr std::size_t k_image_start_bytes = 512;
bool is_image_start(std::span<const std::byte> start);

}  // namespace ballast
