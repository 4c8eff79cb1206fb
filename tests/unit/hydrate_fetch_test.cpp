// Fetching from a store that is far away: several requests at once, slow ones asked for again.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <condition_variable>
#include <functional>
#include <mutex>
#include <set>

#include "format/ranges.hpp"
#include "hydrate/concurrent_fetch.hpp"
#include "hydrate/pipeline.hpp"
#include "support/memory_store.hpp"
#include "support/test_version.hpp"

namespace ballast {
namespace {

using test::MemoryStore;
using test::noise;
using namespace std::chrono_literals;

// Stands for a store over a network: memory, with requests that a test delays, damages or fails.
class FarStore : public ObjectSource {
  public:
    // Told of each request by its number, from 0, before it is served; may block until `stop`.
    std::function<Result<void>(std::size_t request, std::stop_token stop)> on_request;
    // May change what a request reads; may block until `stop`.
    std::function<void(std::size_t request, std::span<std::byte> bytes, std::stop_token stop)> on_bytes;

    MemoryStore memory;
    std::atomic<std::size_t> requests{0};
    std::atomic<std::chrono::steady_clock::time_point> ready{};

    const std::string& url() const override { return memory.url(); }
    unsigned fetch_concurrency() const override { return 4; }
    std::chrono::steady_clock::time_point busy_until() const override { return ready; }
    Result<std::unique_ptr<RangeReader>> open_range(std::string_view key, std::uint64_t offset,
                                                    std::uint64_t bytes, std::stop_token stop) override {
        const std::size_t request = requests++;
        if (on_request) BALLAST_CHECK(on_request(request, stop));
        BALLAST_TRY(auto inner, memory.open_range(key, offset, bytes, stop));
        return std::make_unique<Reader>(*this, request, std::move(inner), stop);
    }

  private:
    class Reader : public RangeReader {
      public:
        Reader(FarStore& store, std::size_t request, std::unique_ptr<RangeReader> inner, std::stop_token stop)
            : m_store(store), m_request(request), m_inner(std::move(inner)), m_stop(std::move(stop)) {}
        Result<void> read(std::span<std::byte> out) override {
            BALLAST_CHECK(m_inner->read(out));
            if (m_store.on_bytes) m_store.on_bytes(m_request, out, m_stop);
            return {};
        }

      private:
        FarStore& m_store;
        std::size_t m_request;
        std::unique_ptr<RangeReader> m_inner;
        std::stop_token m_stop;
    };
};

// The clock that slow requests are told by. It stands still until a test moves it on.
class TestClock {
  public:
    std::chrono::steady_clock::time_point now() {
        const std::lock_guard lock(m_mutex);
        ++m_looks;
        m_looked.notify_all();
        return m_now;
    }
    void advance(std::chrono::steady_clock::duration time) {
        const std::lock_guard lock(m_mutex);
        m_now += time;
    }
    // Until threads that have nothing to fetch looked for slow requests: each look is done before the next.
    void wait_for_looks() {
        std::unique_lock lock(m_mutex);
        m_looked.wait(lock, [&, enough = m_looks + 8] { return m_looks >= enough; });
    }

  private:
    std::mutex m_mutex;
    std::condition_variable m_looked;
    std::chrono::steady_clock::time_point m_now = std::chrono::steady_clock::now();
    std::size_t m_looks = 0;
};

// Blocks until asked to stop, as a connection that never answers does.
Result<void> never(std::stop_token stop) {
    std::mutex mutex;
    std::condition_variable_any wake;
    std::unique_lock lock(mutex);
    wake.wait(lock, stop, [] { return false; });
    return fail(ErrorCode::interrupted, "far", "given up");
}

class Fetch : public testing::Test {
  protected:
    FarStore m_store;
    test::TestVersion m_version =
        test::make_version({test::file("a", noise(3'000'000, 1))}, {.frame_bytes = 64 << 10});
    Manifest m_manifest = Manifest::parse(m_version.manifest, "test").value();
    std::vector<NeededFrame> m_needed;
    std::vector<FrameRange> m_ranges;  // as they are asked for
    std::mutex m_mutex;                // guards m_written
    std::condition_variable m_progress;
    std::multiset<std::uint32_t> m_written;
    TestClock m_clock;
    FetchSettings m_settings{.threads = 2, .range_bytes = 256 << 10, .now = [this] { return m_clock.now(); }};
    Deadline m_deadline = Deadline::max();

    void SetUp() override {
        test::put_pack(m_store.memory, m_version);
        for (std::uint32_t i = 0; i < m_manifest.frames().size(); ++i) m_needed.push_back({i});
        m_ranges = plan_ranges(m_manifest, m_needed, m_settings.range_bytes, m_settings.max_gap_bytes);
    }

    Result<PipelineCounts> run() {
        return run_pipeline(m_store, m_manifest, m_needed, m_settings, m_deadline,
                            [&](const NeededFrame& frame, std::span<const std::byte>) -> Result<void> {
                                const std::lock_guard lock(m_mutex);
                                m_written.insert(frame.frame);
                                m_progress.notify_all();
                                return {};
                            });
    }

    // Until only `left` frames are not written, which is all that the caller's request has still to bring.
    void wait_for_the_others(std::size_t left) {
        std::unique_lock lock(m_mutex);
        m_progress.wait(lock, [&] { return m_written.size() + left >= m_needed.size(); });
    }
    std::size_t frames_a_range() const { return m_ranges.front().last - m_ranges.front().first; }

    void expect_each_once() {
        ASSERT_EQ(m_written.size(), m_needed.size());
        for (const auto& frame : m_needed) EXPECT_EQ(m_written.count(frame.frame), 1U) << frame.frame;
    }
};

TEST_F(Fetch, BringsEachFrameOnceInFewRequests) {
    const auto counts = run().value();
    expect_each_once();
    EXPECT_EQ(counts.requests, m_store.requests);
    EXPECT_LE(counts.requests, 3'100'000 / (192 << 10) + 1);
    EXPECT_EQ(counts.second_requests, 0U);
}

// Request 2 is always for one of the first ranges, which are of equal size.

TEST_F(Fetch, AsksAgainForARangeThatIsMuchSlower) {
    m_store.on_request = [this](std::size_t request, std::stop_token stop) -> Result<void> {
        if (request != 2) return {};
        wait_for_the_others(frames_a_range());
        m_clock.advance(1h);
        return never(stop);
    };
    const auto counts = run().value();
    expect_each_once();
    EXPECT_EQ(counts.second_requests, 1U);
}

TEST_F(Fetch, AsksOnceMoreWhenTheSecondRequestIsSlowToo) {
    m_store.on_request = [this](std::size_t request, std::stop_token stop) -> Result<void> {
        const bool is_first_beside = request == m_ranges.size();
        if (request != 2 && !is_first_beside) return {};
        wait_for_the_others(frames_a_range());
        m_clock.advance(1h);
        return never(stop);
    };
    const auto counts = run().value();
    expect_each_once();
    EXPECT_EQ(counts.second_requests, 2U);
}

TEST_F(Fetch, AsksAgainWhenTheMiddleOfARangeStalls) {
    std::atomic<int> reads{0};
    std::atomic<bool> stalled{false};
    m_store.on_bytes = [&](std::size_t request, std::span<std::byte>, std::stop_token stop) {
        if (request != 1 || ++reads != 2) return;
        stalled = true;
        wait_for_the_others(frames_a_range() - 1);
        m_clock.advance(1h);
        (void)never(stop);
    };
    const auto counts = run().value();
    EXPECT_TRUE(stalled);
    expect_each_once();
    EXPECT_EQ(counts.second_requests, 1U);
}

TEST_F(Fetch, DoesNotAskAgainWhenToldNotTo) {
    m_settings.second_requests = false;
    m_store.on_request = [this](std::size_t request, std::stop_token) -> Result<void> {
        if (request != 2) return {};
        wait_for_the_others(frames_a_range());
        m_clock.advance(1h);
        m_clock.wait_for_looks();
        return {};
    };
    const auto counts = run().value();
    expect_each_once();
    EXPECT_EQ(counts.second_requests, 0U);
    EXPECT_EQ(m_store.requests, m_ranges.size());
}

TEST_F(Fetch, AsksNothingMoreOfAServerUntilItsPatienceIsOver) {
    std::size_t asked_of_a_busy_server = 0;
    m_store.on_request = [&, this](std::size_t request, std::stop_token stop) -> Result<void> {
        if (request != 2) return {};
        m_store.ready = m_clock.now() + 2h;
        wait_for_the_others(frames_a_range());
        m_clock.advance(1h);
        m_clock.wait_for_looks();
        asked_of_a_busy_server = m_store.requests - m_ranges.size();
        m_clock.advance(2h);
        return never(stop);
    };
    const auto counts = run().value();
    expect_each_once();
    EXPECT_EQ(asked_of_a_busy_server, 0U);
    EXPECT_EQ(counts.second_requests, 1U);
}

TEST_F(Fetch, AsksTwiceNoMoreThanItsBudget) {
    // The last three ranges hang, and the fourth thread asks for them again. That could be six requests, two
    // a range, since each fails at once.
    const std::size_t ranges = m_ranges.size();
    std::stop_source give_up;
    m_store.on_request = [&, this](std::size_t request, std::stop_token) -> Result<void> {
        if (request >= ranges) {
            m_clock.advance(1h);
            return fail(ErrorCode::unavailable, "far", "down");
        }
        if (request + 3 < ranges) return {};
        if (request + 1 == ranges) {
            m_clock.advance(1h);
            // Long enough for six requests, which look at the clock three times each.
            for (int i = 0; i < 4; ++i) m_clock.wait_for_looks();
            give_up.request_stop();
        }
        (void)never(give_up.get_token());
        return {};
    };
    const auto counts = run().value();
    expect_each_once();
    EXPECT_EQ(counts.second_requests, 4U);
    EXPECT_EQ(m_store.requests, ranges + 4);
}

TEST_F(Fetch, FailsWithTheStoresError) {
    m_store.on_request = [](std::size_t request, std::stop_token) -> Result<void> {
        if (request == 3) return fail(ErrorCode::unavailable, "far", "down");
        return {};
    };
    const auto result = run();
    ASSERT_FALSE(result);
    EXPECT_EQ(result.error().code, ErrorCode::unavailable);
    EXPECT_EQ(result.error().message, "down");
}

TEST_F(Fetch, FetchesADamagedFrameAgain) {
    std::atomic<bool> damaged{false};
    m_store.on_bytes = [&](std::size_t, std::span<std::byte> bytes, std::stop_token) {
        if (!damaged.exchange(true)) bytes[bytes.size() / 2] ^= std::byte{1};
    };
    const auto counts = run().value();
    expect_each_once();
    EXPECT_EQ(counts.retries, 1U);
}

TEST_F(Fetch, SaysCorruptWhenAFrameStaysDamaged) {
    m_store.on_bytes = [](std::size_t, std::span<std::byte> bytes, std::stop_token) {
        bytes[0] ^= std::byte{1};
    };
    EXPECT_EQ(run().error().code, ErrorCode::corrupt);
}

TEST_F(Fetch, GivesUpAtTheDeadline) {
    m_deadline = std::chrono::steady_clock::now() - std::chrono::seconds(1);
    const auto result = run();
    ASSERT_FALSE(result);
    EXPECT_EQ(result.error().code, ErrorCode::unavailable);
    EXPECT_THAT(result.error().message, testing::HasSubstr("deadline"));
}

TEST_F(Fetch, HoldsNoMoreThanItsBudget) {
    const auto version = test::make_version({test::file("a", noise(40'000'000, 2))},
                                            {.frame_bytes = 1 << 20, .codecs = {Codec::raw}});
    const auto manifest = Manifest::parse(version.manifest, "test").value();
    test::put_pack(m_store.memory, version);
    std::vector<NeededFrame> needed;
    for (std::uint32_t i = 0; i < manifest.frames().size(); ++i) needed.push_back({i});
    std::uint64_t read_bytes = 0;
    m_store.on_bytes = [&](std::size_t, std::span<std::byte> bytes, std::stop_token) {
        const std::lock_guard lock(m_mutex);
        read_bytes += bytes.size();
        m_progress.notify_all();
    };
    std::uint64_t most_ahead = 0;
    std::uint64_t written_bytes = 0;
    m_settings.threads = 1;
    m_settings.range_bytes = 0;
    ASSERT_TRUE(run_pipeline(m_store, manifest, needed, m_settings, m_deadline,
                             [&](const NeededFrame&, std::span<const std::byte> decoded) -> Result<void> {
                                 std::unique_lock lock(m_mutex);
                                 // Nothing is written until as much waits as may: 16 frames of 1 MiB.
                                 if (written_bytes == 0)
                                     m_progress.wait(lock,
                                                     [&] { return read_bytes >= k_fetch_budget_bytes; });
                                 most_ahead = std::max(most_ahead, read_bytes - written_bytes);
                                 written_bytes += decoded.size();
                                 return {};
                             }));
    EXPECT_EQ(most_ahead, k_fetch_budget_bytes);
}

}  // namespace
}  // namespace ballast
