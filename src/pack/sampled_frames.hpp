#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "base/result.hpp"
#include "pack/frame_choice.hpp"
#include "pack/frame_plan.hpp"
#include "package/package.hpp"

namespace ballast {

// How many frames tell enough of a tree's.
inline constexpr std::size_t k_sampled_frames = 16;

// The indices of `count` out of `size` things, or of all of them, spread evenly.
std::vector<std::size_t> spread_evenly(std::size_t count, std::size_t size);

// What each of the frames `chosen` becomes by either codec. Blocks; uses all cores.
// Errors: those of reading the package; interrupted.
Result<std::vector<SampledFrame>> sample_frames(const Package& package, const PlannedTree& tree,
                                                const std::vector<PlannedFrame>& frames,
                                                std::span<const std::size_t> chosen,
                                                const FrameChoice& choice);

}  // namespace ballast
