#include "hydrate/pipeline.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <mutex>
#include <optional>
#include <thread>

#include "base/interrupt.hpp"
#include "base/parallel.hpp"
#include "codec/frame.hpp"
#include "hydrate/concurrent_fetch.hpp"
#include "hydrate/direct_fetch.hpp"

namespace ballast {
namespace {

using Clock = std::chrono::steady_clock;

constexpr unsigned k_most_threads = 4;  // beyond, the one that writes is the limit

constexpr int k_fetches_of_a_frame = 3;

// The state that the threads of one run share.
class Run {
  public:
    Run(ObjectSource& source, const Manifest& manifest, const std::vector<NeededFrame>& needed,
        const FetchSettings& settings, Deadline deadline, const WriteFrame& write)
        : m_source(source),
          m_manifest(manifest),
          m_needed(needed),
          m_deadline(deadline),
          m_write(write),
          m_fetch((source.fetch_concurrency() == 0 ? make_direct_fetch : make_concurrent_fetch)(
              source, manifest, needed, settings)) {}

    void work() {
        PipelineCounts counts;
        auto result = work_until_done(counts);
        const std::lock_guard lock(m_mutex);
        if (!result && !m_error) {
            m_error = std::move(result).error();
            m_fetch->stop();
        }
        m_counts.fetched_bytes += counts.fetched_bytes;
        m_counts.decoded_bytes += counts.decoded_bytes;
        m_counts.retries += counts.retries;
        m_counts.decode += counts.decode;
        m_counts.write += counts.write;
    }

    Result<PipelineCounts> result() {
        if (m_error) return pass_on(std::move(*m_error));
        const FetchCounts fetch = m_fetch->counts();
        const StoreActivity activity = m_source.activity();
        m_counts.requests = std::max(activity.requests, fetch.requests);
        m_counts.retries += activity.retries;
        m_counts.second_requests = fetch.second_requests;
        m_counts.fetch = fetch.time;
        return m_counts;
    }

  private:
    Result<void> work_until_done(PipelineCounts& counts) {
        FrameDecoder decoder;
        const auto reader = m_fetch->reader();
        FetchedFrame fetched;
        std::vector<std::byte> decoded;
        for (;;) {
            BALLAST_CHECK(check_interrupt("hydration"));
            if (Clock::now() >= m_deadline) {
                return fail(ErrorCode::unavailable, m_source.url(),
                            "the deadline passed before all was fetched",
                            "what is there already is kept: the next start goes on from it");
            }
            BALLAST_TRY(const bool more, reader->next(fetched));
            if (!more) return {};
            const auto& needed = m_needed[fetched.needed];
            const auto& frame = m_manifest.frames()[needed.frame];
            const auto decode_start = Clock::now();
            BALLAST_CHECK(verify(needed.frame, fetched.bytes, counts));
            decoded.resize(frame.bytes);
            BALLAST_CHECK(decoder.decode(frame.codec, fetched.bytes, decoded, shown(needed.frame)));
            const auto write_start = Clock::now();
            counts.decode += write_start - decode_start;
            counts.fetched_bytes += frame.compressed_bytes;
            counts.decoded_bytes += frame.bytes;
            BALLAST_CHECK(m_write(needed, decoded));
            counts.write += Clock::now() - write_start;
        }
    }

    // Replaces bytes that were damaged on their way.
    Result<void> verify(std::uint32_t index, std::span<std::byte> bytes, PipelineCounts& counts) {
        const auto& frame = m_manifest.frames()[index];
        for (int fetches = 1; sha256(bytes) != frame.digest; ++fetches) {
            if (fetches == k_fetches_of_a_frame) {
                return fail(ErrorCode::corrupt, shown(index),
                            "the store's bytes do not have the digest that the manifest pins",
                            "the object was damaged or replaced: push the version again to a clean store");
            }
            ++counts.retries;
            BALLAST_CHECK(m_source.get_range(m_manifest.packs()[frame.pack].key(), frame.offset, bytes));
        }
        return {};
    }

    std::string shown(std::uint32_t index) const {
        return fmt::format("{}: {}: frame {}", m_source.url(),
                           m_manifest.packs()[m_manifest.frames()[index].pack].key(), index);
    }

    ObjectSource& m_source;
    const Manifest& m_manifest;
    const std::vector<NeededFrame>& m_needed;
    const Deadline m_deadline;
    const WriteFrame& m_write;
    const std::unique_ptr<FrameFetch> m_fetch;
    std::mutex m_mutex;  // guards all below
    std::optional<Error> m_error;
    PipelineCounts m_counts;
};

}  // namespace

Result<PipelineCounts> run_pipeline(ObjectSource& source, const Manifest& manifest,
                                    const std::vector<NeededFrame>& frames, const FetchSettings& settings,
                                    Deadline deadline, const WriteFrame& write) {
    Run run(source, manifest, frames, settings, deadline, write);
    const unsigned wanted =
        settings.threads != 0 ? settings.threads : std::min(available_cores(), k_most_threads);
    const auto threads =
        static_cast<unsigned>(std::min<std::size_t>(wanted, std::max<std::size_t>(frames.size(), 1)));
    std::vector<std::thread> others;
    others.reserve(threads - 1);
    for (unsigned i = 1; i < threads; ++i) others.emplace_back([&run] { run.work(); });
    run.work();
    for (auto& other : others) other.join();
    return run.result();
}

}  // namespace ballast
