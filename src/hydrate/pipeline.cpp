#include "hydrate/pipeline.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <atomic>
#include <mutex>
#include <optional>
#include <thread>

#include "base/interrupt.hpp"
#include "base/parallel.hpp"
#include "codec/frame.hpp"

namespace ballast {
namespace {

using Clock = std::chrono::steady_clock;

constexpr unsigned k_most_threads = 4;  // beyond, the one that writes is the limit

// Neighbouring frames of one pack that one request brings: frames[first, last).
struct Range {
    std::size_t first = 0;
    std::size_t last = 0;
    std::uint64_t offset = 0;
    std::uint64_t bytes = 0;
};

std::vector<Range> plan_ranges(const Manifest& manifest, const std::vector<NeededFrame>& needed,
                               const PipelineSettings& settings) {
    std::vector<Range> ranges;
    for (std::size_t i = 0; i < needed.size(); ++i) {
        const auto& frame = manifest.frames()[needed[i].frame];
        if (!ranges.empty()) {
            auto& range = ranges.back();
            const auto& previous = manifest.frames()[needed[i - 1].frame];
            const std::uint64_t end = range.offset + range.bytes;
            const bool follows = frame.pack == previous.pack && frame.offset >= end &&
                                 frame.offset - end <= settings.max_gap_bytes &&
                                 frame.offset + frame.compressed_bytes - range.offset <= settings.range_bytes;
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

// The state that the threads of one run share.
class Run {
  public:
    Run(Store& store, const Manifest& manifest, const std::vector<NeededFrame>& needed,
        std::vector<Range> ranges, const WriteFrame& write)
        : m_store(store),
          m_manifest(manifest),
          m_needed(needed),
          m_ranges(std::move(ranges)),
          m_write(write) {}

    std::size_t range_count() const { return m_ranges.size(); }

    void work() {
        PipelineCounts counts;
        auto result = work_until_done(counts);
        const std::lock_guard lock(m_mutex);
        if (!result && !m_error) {
            m_error = std::move(result).error();
            m_stop = true;
        }
        m_counts.requests += counts.requests;
        m_counts.fetched_bytes += counts.fetched_bytes;
        m_counts.decoded_bytes += counts.decoded_bytes;
        m_counts.fetch += counts.fetch;
        m_counts.decode += counts.decode;
        m_counts.write += counts.write;
    }

    Result<PipelineCounts> result() {
        if (m_error) return tl::unexpected<Error>(std::move(*m_error));
        return m_counts;
    }

  private:
    Result<void> work_until_done(PipelineCounts& counts) {
        FrameDecoder decoder;
        std::vector<std::byte> fetched;
        std::vector<std::byte> decoded;
        for (;;) {
            const std::size_t index = m_next.fetch_add(1, std::memory_order_relaxed);
            if (index >= m_ranges.size() || m_stop) return {};
            const auto& range = m_ranges[index];
            const auto& pack = m_manifest.packs()[m_manifest.frames()[m_needed[range.first].frame].pack];
            BALLAST_CHECK(check_interrupt("hydration"));

            const auto fetch_start = Clock::now();
            fetched.resize(range.bytes);
            BALLAST_CHECK(m_store.get_range(pack.key(), range.offset, fetched));
            counts.fetch += Clock::now() - fetch_start;
            ++counts.requests;
            counts.fetched_bytes += range.bytes;

            for (std::size_t i = range.first; i < range.last; ++i) {
                const auto& frame = m_manifest.frames()[m_needed[i].frame];
                const auto compressed = std::span<const std::byte>(fetched).subspan(
                    frame.offset - range.offset, frame.compressed_bytes);
                const auto decode_start = Clock::now();
                decoded.resize(frame.bytes);
                BALLAST_CHECK(decode(decoder, m_needed[i].frame, pack, compressed, decoded));
                const auto write_start = Clock::now();
                counts.decode += write_start - decode_start;
                counts.decoded_bytes += frame.bytes;
                BALLAST_CHECK(m_write(m_needed[i], decoded));
                counts.write += Clock::now() - write_start;
            }
        }
    }

    Result<void> decode(FrameDecoder& decoder, std::uint32_t index, const ManifestPack& pack,
                        std::span<const std::byte> compressed, std::span<std::byte> out) {
        const auto& frame = m_manifest.frames()[index];
        const auto shown = [&] { return fmt::format("{}: {}: frame {}", m_store.url(), pack.key(), index); };
        if (sha256(compressed) != frame.digest) {
            return fail(ErrorCode::corrupt, shown(),
                        "the store's bytes do not have the digest that the manifest pins",
                        "the object was damaged or replaced: push the version again to a clean store");
        }
        return decoder.decode(frame.codec, compressed, out, shown());
    }

    Store& m_store;
    const Manifest& m_manifest;
    const std::vector<NeededFrame>& m_needed;
    const std::vector<Range> m_ranges;
    const WriteFrame& m_write;
    std::atomic<std::size_t> m_next{0};
    std::atomic<bool> m_stop{false};
    std::mutex m_mutex;
    std::optional<Error> m_error;
    PipelineCounts m_counts;
};

}  // namespace

Result<PipelineCounts> run_pipeline(Store& store, const Manifest& manifest,
                                    const std::vector<NeededFrame>& frames, const PipelineSettings& settings,
                                    const WriteFrame& write) {
    Run run(store, manifest, frames, plan_ranges(manifest, frames, settings), write);
    const unsigned wanted =
        settings.threads != 0 ? settings.threads : std::min(available_cores(), k_most_threads);
    const auto threads =
        static_cast<unsigned>(std::min<std::size_t>(wanted, std::max<std::size_t>(run.range_count(), 1)));
    std::vector<std::thread> others;
    others.reserve(threads - 1);
    for (unsigned i = 1; i < threads; ++i) others.emplace_back([&run] { run.work(); });
    run.work();
    for (auto& other : others) other.join();
    return run.result();
}

}  // namespace ballast
