#include "format/ranges.hpp"

namespace ballast {

std::vector<FrameRange> plan_ranges(const Manifest& manifest, const std::vector<NeededFrame>& needed,
                                    std::uint64_t range_bytes, std::uint64_t max_gap_bytes) {
    std::vector<FrameRange> ranges;
    for (std::size_t i = 0; i < needed.size(); ++i) {
        const auto& frame = manifest.frames()[needed[i].frame];
        if (!ranges.empty()) {
            auto& range = ranges.back();
            const auto& previous = manifest.frames()[needed[i - 1].frame];
            const std::uint64_t end = range.offset + range.bytes;
            const bool follows = frame.pack == previous.pack && frame.offset >= end &&
                                 frame.offset - end <= max_gap_bytes &&
                                 frame.offset + frame.compressed_bytes - range.offset <= range_bytes;
            if (follows) {
                range.last = i + 1;
                range.bytes = frame.offset + frame.compressed_bytes - range.offset;
                continue;
            }
        }
        ranges.push_back({i, i + 1, frame.offset, frame.compressed_bytes});
    }
    return ranges;
}

}  // namespace ballast
