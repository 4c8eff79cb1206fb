#include "hydrate/direct_fetch.hpp"

#include <atomic>
#include <mutex>

#include "format/ranges.hpp"

namespace ballast {
namespace {

using Clock = std::chrono::steady_clock;

constexpr std::uint64_t k_range_bytes = 2U << 20U;

class DirectFetch : public FrameFetch {
  public:
    DirectFetch(ObjectSource& source, const Manifest& manifest, const std::vector<NeededFrame>& needed,
                const FetchSettings& settings)
        : m_source(source),
          m_manifest(manifest),
          m_needed(needed),
          m_ranges(plan_ranges(manifest, needed,
                               settings.range_bytes != 0 ? settings.range_bytes : k_range_bytes,
                               settings.max_gap_bytes)) {}

    std::unique_ptr<FrameReader> reader() override { return std::make_unique<Reader>(*this); }
    void stop() override { m_stop = true; }
    FetchCounts counts() override { return m_counts; }

  private:
    // Reads a range whole, then hands its frames out.
    class Reader : public FrameReader {
      public:
        explicit Reader(DirectFetch& fetch) : m_fetch(fetch) {}

        ~Reader() override {
            const std::lock_guard lock(m_fetch.m_mutex);
            m_fetch.m_counts.requests += m_counts.requests;
            m_fetch.m_counts.time += m_counts.time;
        }

        Result<bool> next(FetchedFrame& frame) override {
            if (m_fetch.m_stop) return false;
            if (m_at == m_range.last) {
                const std::size_t index = m_fetch.m_next.fetch_add(1, std::memory_order_relaxed);
                if (index >= m_fetch.m_ranges.size()) return false;
                m_range = m_fetch.m_ranges[index];
                m_at = m_range.first;
                BALLAST_CHECK(read_range());
            }
            const auto& stored = m_fetch.m_manifest.frames()[m_fetch.m_needed[m_at].frame];
            frame.bytes = std::span(m_bytes).subspan(stored.offset - m_range.offset, stored.compressed_bytes);
            frame.needed = m_at++;
            return true;
        }

      private:
        Result<void> read_range() {
            const auto& manifest = m_fetch.m_manifest;
            const auto pack = manifest.frames()[m_fetch.m_needed[m_range.first].frame].pack;
            const auto start = Clock::now();
            m_bytes.resize(m_range.bytes);
            BALLAST_CHECK(m_fetch.m_source.get_range(manifest.packs()[pack].key(), m_range.offset, m_bytes));
            m_counts.time += Clock::now() - start;
            ++m_counts.requests;
            return {};
        }

        DirectFetch& m_fetch;
        FrameRange m_range;
        std::size_t m_at = 0;
        std::vector<std::byte> m_bytes;
        FetchCounts m_counts;
    };

    ObjectSource& m_source;
    const Manifest& m_manifest;
    const std::vector<NeededFrame>& m_needed;
    const std::vector<FrameRange> m_ranges;
    std::atomic<std::size_t> m_next{0};
    std::atomic<bool> m_stop{false};
    std::mutex m_mutex;  // guards m_counts
    FetchCounts m_counts;
};

}  // namespace

std::unique_ptr<FrameFetch> make_direct_fetch(ObjectSource& source, const Manifest& manifest,
                                              const std::vector<NeededFrame>& needed,
                                              const FetchSettings& settings) {
    return std::make_unique<DirectFetch>(source, manifest, needed, settings);
}

}  // namespace ballast
