#pragma once

#include "base/result.hpp"
#include "format/manifest.hpp"
#include "format/selection.hpp"
#include "hydrate/place.hpp"
#include "hydrate/staging.hpp"

namespace ballast {

enum class Extent : std::uint8_t { groups, whole_tree };

// Gives what was staged its place in the tree, by rename only, so that every path is absent or whole.
// When there is no tree yet and all of it was staged, by one rename of all; otherwise file by file.
// May be repeated after a kill at any point. REQUIRES: hydrate.lock is held, and TreeWriter::finish() was
// called. Errors: those of the disk.
Result<void> publish(const Place& place, const Staging& staging, const Manifest& manifest,
                     const Selection& selection, Extent extent);

}  // namespace ballast
