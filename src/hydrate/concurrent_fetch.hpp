#pragma once

#include <memory>
#include <vector>

#include "format/manifest.hpp"
#include "format/selection.hpp"
#include "hydrate/fetch.hpp"
#include "store/object_source.hpp"

namespace ballast {

// For a store that is far away: source.fetch_concurrency() threads, each with a range at a time, hand frames
// over as they are whole. At most k_fetch_budget_bytes of frames wait or are under way.
//
// A thread that has no range left to begin looks for one whose current frame takes longer than three
// times what 95 % of all frames took (200 ms at least), and asks for the rest of it a second time, over
// another connection; once more when that one is late too, since of many hydrations one meets two slow
// requests in a row. The request that completes a frame first delivers it, and one that finds itself behind
// gives up. In all, one request beside for ten ranges, and four at least: the most that a slow store is
// burdened with. docs/benchmarks.md shows what that buys. REQUIRES: source, manifest and needed outlive
// the fetch.
inline constexpr std::uint64_t k_fetch_budget_bytes = 16U << 20U;
std::unique_ptr<FrameFetch> make_concurrent_fetch(ObjectSource& source, const Manifest& manifest,
                                                  const std::vector<NeededFrame>& needed,
                                                  const FetchSettings& settings);

}  // namespace ballast
