#include "pack/sampled_frames.hpp"

#include <algorithm>

#include "base/interrupt.hpp"
#include "base/parallel.hpp"

namespace ballast {

std::vector<std::size_t> spread_evenly(std::size_t count, std::size_t size) {
    std::vector<std::size_t> chosen(std::min(count, size));
    for (std::size_t i = 0; i < chosen.size(); ++i) chosen[i] = i * size / chosen.size();
    return chosen;
}

Result<std::vector<SampledFrame>> sample_frames(const Package& package, const PlannedTree& tree,
                                                const std::vector<PlannedFrame>& frames,
                                                std::span<const std::size_t> chosen,
                                                const FrameChoice& choice) {
    std::vector<SampledFrame> sample(chosen.size());
    BALLAST_CHECK(parallel_for(chosen.size(), [&](std::size_t i) -> Result<void> {
        BALLAST_CHECK(check_interrupt(package.name()));
        PlannedFrameReader reader(package, tree);
        FrameEncoder encoder;
        std::vector<std::byte> bytes;
        BALLAST_CHECK(reader.read(frames[chosen[i]], bytes));
        BALLAST_TRY(sample[i], sample_frame(encoder, choice, bytes));
        return {};
    }));
    return sample;
}

}  // namespace ballast
