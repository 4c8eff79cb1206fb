#pragma once

#include <memory>
#include <vector>

#include "format/manifest.hpp"
#include "format/selection.hpp"
#include "hydrate/fetch.hpp"
#include "store/object_source.hpp"

namespace ballast {

// For a store that the workers read best by themselves, each its own ranges. REQUIRES: source, manifest and
// needed outlive the fetch.
std::unique_ptr<FrameFetch> make_direct_fetch(ObjectSource& source, const Manifest& manifest,
                                              const std::vector<NeededFrame>& needed,
                                              const FetchSettings& settings);

}  // namespace ballast
