#include "hydrate/concurrent_fetch.hpp"

#include <algorithm>
#include <array>
#include <condition_variable>
#include <deque>
#include <mutex>
#include <optional>
#include <thread>

#include "format/ranges.hpp"
#include "format/selection.hpp"
#include "hydrate/fetch.hpp"

namespace ballast {
namespace {

using Clock = std::chrono::steady_clock;

constexpr std::uint64_t k_least_range_bytes = 1U << 20U;
constexpr auto k_late_at_least = std::chrono::milliseconds(200);
constexpr auto k_late_without_siblings = std::chrono::milliseconds(1000);
constexpr int k_late_factor = 3;
constexpr std::size_t k_siblings_to_judge_by = 8;
constexpr std::size_t k_least_second_requests = 4;
constexpr std::size_t k_ranges_a_second_request = 10;
constexpr auto k_look_again = std::chrono::milliseconds(10);

std::uint64_t choose_range_bytes(const Manifest& manifest, const std::vector<NeededFrame>& needed,
                                 unsigned connections) {
    std::uint64_t total = 0;
    for (const auto& frame : needed) total += manifest.frames()[frame.frame].compressed_bytes;
    return std::clamp(total / std::max(connections, 1U), k_least_range_bytes, k_most_range_bytes);
}

class ConcurrentFetch : public FrameFetch {
  public:
    ConcurrentFetch(ObjectSource& source, const Manifest& manifest, const std::vector<NeededFrame>& needed,
                    const FetchSettings& settings)
        : m_source(source),
          m_manifest(manifest),
          m_needed(needed),
          m_now(settings.now),
          m_left(needed.size()) {
        const unsigned connections = source.fetch_concurrency();
        const auto bytes = settings.range_bytes != 0 ? settings.range_bytes
                                                     : choose_range_bytes(manifest, needed, connections);
        for (const auto& range : plan_ranges(manifest, needed, bytes, settings.max_gap_bytes))
            m_jobs.emplace_back(range);
        if (settings.second_requests) {
            m_second_requests_left =
                std::max(k_least_second_requests, m_jobs.size() / k_ranges_a_second_request);
        }
        // One more than there are ranges, so that a single one can be asked for a second time.
        const auto threads = std::min<std::size_t>(std::max(connections, 2U), m_jobs.size() + 1);
        m_threads.reserve(threads);
        for (std::size_t i = 0; i < threads; ++i) m_threads.emplace_back([this] { fetch(); });
    }

    ~ConcurrentFetch() override {
        stop();
        for (auto& thread : m_threads) thread.join();
    }

    std::unique_ptr<FrameReader> reader() override { return std::make_unique<Reader>(*this); }

    void stop() override {
        const std::lock_guard lock(m_mutex);
        stop_locked();
    }

    FetchCounts counts() override {
        const std::lock_guard lock(m_mutex);
        return m_counts;
    }

  private:
    // A frame that is there, until it is decoded.
    struct Whole {
        std::size_t needed = 0;
        std::vector<std::byte> bytes;
        std::uint64_t budget_bytes = 0;  // what it holds of the budget
    };

    // A range's requests, by number: the first, and those beside it.
    using Request = std::size_t;
    static constexpr Request k_first = 0;
    static constexpr std::size_t k_most_requests = 3;

    struct Job {
        explicit Job(const FrameRange& planned) : range(planned), next(planned.first) {}
        FrameRange range;
        std::size_t next;  // the first frame that is not delivered yet; all before have been
        unsigned at_work = 0;
        std::size_t requests = 0;
        std::optional<Clock::time_point> waiting_since;  // for `next`, by the request that began last
        std::array<std::stop_source, k_most_requests> stop = {};
    };

    class Reader : public FrameReader {
      public:
        explicit Reader(ConcurrentFetch& fetch) : m_fetch(fetch) {}
        ~Reader() override { m_fetch.give_back(std::move(m_whole)); }

        Result<bool> next(FetchedFrame& frame) override {
            m_fetch.give_back(std::exchange(m_whole, {}));
            BALLAST_TRY(auto taken, m_fetch.take());
            if (!taken) return false;
            m_whole = std::move(*taken);
            frame = {m_whole.needed, m_whole.bytes};
            return true;
        }

      private:
        ConcurrentFetch& m_fetch;
        Whole m_whole;
    };

    const ManifestFrame& stored(std::size_t needed) const {
        return m_manifest.frames()[m_needed[needed].frame];
    }

    // The readers' side.

    Result<std::optional<Whole>> take() {
        std::unique_lock lock(m_mutex);
        m_delivered.wait(lock, [&] { return !m_queue.empty() || m_left == 0 || m_stop; });
        if (m_error) return pass_on(*m_error);
        if (m_queue.empty() || m_stop) return std::nullopt;
        Whole whole = std::move(m_queue.front());
        m_queue.pop_front();
        return whole;
    }

    void give_back(Whole whole) {
        const std::lock_guard lock(m_mutex);
        m_in_flight_bytes -= whole.budget_bytes;
        if (whole.bytes.capacity() != 0) m_spare.push_back(std::move(whole.bytes));
        if (whole.budget_bytes != 0) m_wake.notify_all();
    }

    // The fetching threads' side. Functions named _locked hold m_mutex.

    void stop_locked() {
        m_stop = true;
        for (auto& job : m_jobs) {
            for (auto& source : job.stop) source.request_stop();
        }
        m_delivered.notify_all();
        m_wake.notify_all();
    }

    void fetch() {
        std::unique_lock lock(m_mutex);
        while (!m_stop && m_left != 0) {
            if (m_next_job < m_jobs.size()) {
                Job& job = m_jobs[m_next_job++];
                run(job, lock);
            } else if (Job* late = find_late_locked(m_now())) {
                --m_second_requests_left;
                ++m_counts.second_requests;
                run(*late, lock);
            } else {
                m_wake.wait_for(lock, k_look_again);
            }
        }
    }

    Job* find_late_locked(Clock::time_point now) {
        if (m_second_requests_left == 0) return nullptr;
        const auto limit = late_after_locked();
        const auto ready = m_source.busy_until();
        Job* latest = nullptr;
        for (auto& job : m_jobs) {
            if (job.requests == k_most_requests || !job.waiting_since) continue;
            if (now - std::max(*job.waiting_since, ready) < limit) continue;
            if (latest == nullptr || job.waiting_since < latest->waiting_since) latest = &job;
        }
        return latest;
    }

    Clock::duration late_after_locked() {
        if (m_frame_times.size() < k_siblings_to_judge_by) return k_late_without_siblings;
        const auto at = m_frame_times.begin() + static_cast<std::ptrdiff_t>(m_frame_times.size() * 95 / 100);
        std::nth_element(m_frame_times.begin(), at, m_frame_times.end());
        return std::max<Clock::duration>(k_late_at_least, *at * k_late_factor);
    }

    void run(Job& job, std::unique_lock<std::mutex>& lock) {
        const Request request = job.requests++;
        ++job.at_work;
        const auto done = read_frames(job, request, lock);
        --job.at_work;
        if (job.at_work == 0) job.waiting_since.reset();
        const bool matters = !done && !m_stop && job.next < job.range.last && job.at_work == 0;
        if (matters && !m_error) {
            m_error = done.error();
            stop_locked();
        }
    }

    // Delivers the frames of a range that are still missing, as far as nobody else is faster. Holds the lock
    // but for reading.
    Result<void> read_frames(Job& job, Request request, std::unique_lock<std::mutex>& lock) {
        const std::size_t begin = job.next;
        const std::uint64_t end = job.range.offset + job.range.bytes;
        const auto stop = job.stop[request].get_token();
        const auto& pack = m_manifest.packs()[stored(begin).pack];
        std::uint64_t offset = stored(begin).offset;
        std::unique_ptr<RangeReader> reader;
        for (std::size_t i = begin; i < job.range.last; ++i) {
            // Second requests are outside the budget: what they are to help may hold all of it.
            const std::uint64_t budget_bytes = request == k_first ? stored(i).compressed_bytes : 0;
            m_wake.wait(lock, [&] {
                return m_stop || m_in_flight_bytes == 0 ||
                       m_in_flight_bytes + budget_bytes <= k_fetch_budget_bytes;
            });
            if (m_stop || job.next > i) return {};
            m_in_flight_bytes += budget_bytes;
            Whole whole{i, spare_locked(), budget_bytes};
            const auto start = m_now();
            job.waiting_since = start;

            lock.unlock();
            auto read = [&]() -> Result<void> {
                if (!reader) BALLAST_SET(reader, m_source.open_range(pack.key(), offset, end - offset, stop));
                if (const std::uint64_t gap = stored(i).offset - offset; gap != 0) {
                    whole.bytes.resize(gap);
                    BALLAST_CHECK(reader->read(whole.bytes));
                }
                whole.bytes.resize(stored(i).compressed_bytes);
                return reader->read(whole.bytes);
            }();
            const auto took = m_now() - start;
            lock.lock();

            if (i == begin) ++m_counts.requests;
            m_counts.time += took;
            const bool was_faster = read && job.next == i && !m_stop;
            if (!was_faster) {
                m_in_flight_bytes -= budget_bytes;
                m_wake.notify_all();
                return read;
            }
            offset = stored(i).offset + stored(i).compressed_bytes;
            m_frame_times.push_back(took);
            deliver_locked(job, request, std::move(whole));
        }
        return {};
    }

    void deliver_locked(Job& job, Request request, Whole whole) {
        ++job.next;
        job.waiting_since.reset();
        m_queue.push_back(std::move(whole));
        if (job.next == job.range.last) {
            for (Request other = 0; other < k_most_requests; ++other) {
                if (other != request) job.stop[other].request_stop();
            }
        }
        --m_left;
        if (m_left == 0) {
            m_delivered.notify_all();
            m_wake.notify_all();
        } else {
            m_delivered.notify_one();
        }
    }

    std::vector<std::byte> spare_locked() {
        if (m_spare.empty()) return {};
        auto buffer = std::move(m_spare.back());
        m_spare.pop_back();
        return buffer;
    }

    ObjectSource& m_source;
    const Manifest& m_manifest;
    const std::vector<NeededFrame>& m_needed;
    const std::function<Clock::time_point()> m_now;
    std::mutex m_mutex;                   // guards all below but m_threads
    std::condition_variable m_delivered;  // a frame for a reader, or the end
    std::condition_variable m_wake;       // room in the budget, or the end, for a fetching thread
    std::deque<Job> m_jobs;
    std::size_t m_next_job = 0;
    std::size_t m_left;  // frames that are not delivered
    std::size_t m_second_requests_left = 0;
    std::deque<Whole> m_queue;
    std::vector<std::vector<std::byte>> m_spare;
    std::uint64_t m_in_flight_bytes = 0;
    std::vector<Clock::duration> m_frame_times;
    bool m_stop = false;
    std::optional<Error> m_error;
    FetchCounts m_counts;
    std::vector<std::thread> m_threads;
};

}  // namespace

std::unique_ptr<FrameFetch> make_concurrent_fetch(ObjectSource& source, const Manifest& manifest,
                                                  const std::vector<NeededFrame>& needed,
                                                  const FetchSettings& settings) {
    return std::make_unique<ConcurrentFetch>(source, manifest, needed, settings);
}

}  // namespace ballast
