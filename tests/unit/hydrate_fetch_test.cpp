// Fetching from a store that is far away: several requests at once, slow ones asked for again.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <condition_variable>
#include <functional>
#include <mutex>
#include <set>
#include <thread>

#include "hydrate/pipeline.hpp"
#include "store/memory_store.hpp"
#include "support/test_version.hpp"

namespace ballast {
namespace {

using test::noise;

// Stands for a store over a network: memory, with requests that a test delays, damages or fails.
class FarStore : public Store {
  public:
    // Told of each request by its number, from 0, before it is served; may block until `stop`.
    std::function<Result<void>(std::size_t request, std::stop_token stop)> on_request;
    // May change what a request reads.
    std::function<void(std::size_t request, std::span<std::byte> bytes)> on_bytes;

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
        return std::make_unique<Reader>(*this, request, std::move(inner));
    }
    Result<PutOutcome> put_if_absent(std::string_view key, std::span<const std::byte> bytes,
                                     const Sent& sent) override {
        return memory.put_if_absent(key, bytes, sent);
    }
    Result<ObjectInfo> head(std::string_view key) override { return memory.head(key); }
    Result<std::vector<ObjectInfo>> list(std::string_view prefix) override { return memory.list(prefix); }
    Result<void> remove(std::string_view key) override { return memory.remove(key); }

  private:
    class Reader : public RangeReader {
      public:
        Reader(FarStore& store, std::size_t request, std::unique_ptr<RangeReader> inner)
            : m_store(store), m_request(request), m_inner(std::move(inner)) {}
        Result<void> read(std::span<std::byte> out) override {
            BALLAST_CHECK(m_inner->read(out));
            if (m_store.on_bytes) m_store.on_bytes(m_request, out);
            return {};
        }

      private:
        FarStore& m_store;
        std::size_t m_request;
        std::unique_ptr<RangeReader> m_inner;
    };
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
    std::mutex m_mutex;
    std::multiset<std::uint32_t> m_written;
    PipelineSettings m_settings{.threads = 2, .fetch = {.range_bytes = 256 << 10}};

    void SetUp() override {
        test::put_pack(m_store.memory, m_version);
        for (std::uint32_t i = 0; i < m_manifest.frames().size(); ++i) m_needed.push_back({i});
    }

    Result<PipelineCounts> run() {
        return run_pipeline(m_store, m_manifest, m_needed, m_settings,
                            [&](const NeededFrame& frame, std::span<const std::byte>) -> Result<void> {
                                const std::lock_guard lock(m_mutex);
                                m_written.insert(frame.frame);
                                return {};
                            });
    }

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

TEST_F(Fetch, AsksAgainForARangeThatIsMuchSlower) {
    m_store.on_request = [](std::size_t request, std::stop_token stop) -> Result<void> {
        return request == 2 ? never(stop) : Result<void>();
    };
    const auto counts = run().value();
    expect_each_once();
    EXPECT_EQ(counts.second_requests, 1U);
}

TEST_F(Fetch, AsksOnceMoreWhenTheSecondRequestIsSlowToo) {
    m_store.on_request = [this, hung = std::make_shared<std::atomic<int>>(0)](
                             std::size_t request, std::stop_token stop) -> Result<void> {
        // The first of all, and the first that comes beside it: a range has at least one request.
        const bool is_beside = request >= (m_needed.size() + 3) / 4 + 1;
        const bool hangs = request == 2 || (is_beside && hung->fetch_add(1) == 0);
        return hangs ? never(stop) : Result<void>();
    };
    const auto counts = run().value();
    expect_each_once();
    EXPECT_EQ(counts.second_requests, 2U);
}

TEST_F(Fetch, AsksAgainWhenTheMiddleOfARangeStalls) {
    std::atomic<int> reads{0};
    std::atomic<bool> stalled{false};
    m_store.on_bytes = [&](std::size_t request, std::span<std::byte>) {
        if (request != 1 || ++reads != 2) return;
        stalled = true;
        std::this_thread::sleep_for(std::chrono::milliseconds(1500));
    };
    const auto counts = run().value();
    EXPECT_TRUE(stalled);
    expect_each_once();
    EXPECT_EQ(counts.second_requests, 1U);
}

TEST_F(Fetch, DoesNotAskAgainWhenToldNotTo) {
    m_settings.fetch.second_requests = false;
    m_store.on_request = [](std::size_t request, std::stop_token) -> Result<void> {
        if (request == 0) std::this_thread::sleep_for(std::chrono::milliseconds(1200));
        return {};
    };
    const auto counts = run().value();
    expect_each_once();
    EXPECT_EQ(counts.second_requests, 0U);
}

TEST_F(Fetch, AsksNothingMoreOfAServerThatAskedForPatience) {
    m_store.on_request = [this](std::size_t request, std::stop_token) -> Result<void> {
        if (request != 2) return {};
        // As the client of a store does that was told when to come again.
        const auto ready = std::chrono::steady_clock::now() + std::chrono::milliseconds(1200);
        m_store.ready = ready;
        std::this_thread::sleep_until(ready);
        return {};
    };
    const auto counts = run().value();
    expect_each_once();
    EXPECT_EQ(counts.second_requests, 0U);
}

TEST_F(Fetch, AsksAgainWhenItsPatienceIsOver) {
    m_store.on_request = [this](std::size_t request, std::stop_token stop) -> Result<void> {
        if (request != 2) return {};
        m_store.ready = std::chrono::steady_clock::now() + std::chrono::milliseconds(300);
        return never(stop);
    };
    const auto counts = run().value();
    expect_each_once();
    EXPECT_EQ(counts.second_requests, 1U);
    EXPECT_GT(std::chrono::steady_clock::now(), m_store.ready.load());
}

TEST_F(Fetch, AsksTwiceNoMoreThanItsBudget) {
    // All but the frames to judge by hang, first and second requests alike, until the test gives up.
    std::stop_source give_up;
    m_store.on_request = [&](std::size_t request, std::stop_token) -> Result<void> {
        return request < 2 ? Result<void>() : never(give_up.get_token());
    };
    std::thread later([&] {
        std::this_thread::sleep_for(std::chrono::milliseconds(1500));
        give_up.request_stop();
    });
    EXPECT_FALSE(run());
    later.join();
    EXPECT_LE(m_store.requests, 2U + 4U) << "no more at once than the store bears";
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
    m_store.on_bytes = [&](std::size_t, std::span<std::byte> bytes) {
        if (!damaged.exchange(true)) bytes[bytes.size() / 2] ^= std::byte{1};
    };
    const auto counts = run().value();
    expect_each_once();
    EXPECT_EQ(counts.retries, 1U);
}

TEST_F(Fetch, SaysCorruptWhenAFrameStaysDamaged) {
    m_store.on_bytes = [](std::size_t, std::span<std::byte> bytes) { bytes[0] ^= std::byte{1}; };
    EXPECT_EQ(run().error().code, ErrorCode::corrupt);
}

TEST_F(Fetch, GivesUpAtTheDeadline) {
    m_settings.deadline = std::chrono::steady_clock::now() - std::chrono::seconds(1);
    const auto result = run();
    ASSERT_FALSE(result);
    EXPECT_EQ(result.error().code, ErrorCode::unavailable);
    EXPECT_THAT(result.error().message, testing::HasSubstr("deadline"));
}

TEST_F(Fetch, HoldsNoMoreThanItsBudget) {
    // Nothing is decoded until the queue is as full as it gets.
    const auto version = test::make_version({test::file("a", noise(40'000'000, 2))},
                                            {.frame_bytes = 1 << 20, .codecs = {Codec::raw}});
    const auto manifest = Manifest::parse(version.manifest, "test").value();
    test::put_pack(m_store.memory, version);
    std::vector<NeededFrame> needed;
    for (std::uint32_t i = 0; i < manifest.frames().size(); ++i) needed.push_back({i});
    std::atomic<std::uint64_t> read_bytes{0};
    m_store.on_bytes = [&](std::size_t, std::span<std::byte> bytes) { read_bytes += bytes.size(); };
    std::uint64_t most_ahead = 0;
    std::uint64_t written_bytes = 0;
    std::mutex mutex;
    m_settings.threads = 1;
    m_settings.fetch.range_bytes = 0;
    ASSERT_TRUE(run_pipeline(m_store, manifest, needed, m_settings,
                             [&](const NeededFrame&, std::span<const std::byte> decoded) -> Result<void> {
                                 const std::lock_guard lock(mutex);
                                 if (written_bytes == 0)
                                     std::this_thread::sleep_for(std::chrono::milliseconds(300));
                                 most_ahead = std::max(most_ahead, read_bytes - written_bytes);
                                 written_bytes += decoded.size();
                                 return {};
                             }));
    EXPECT_LE(most_ahead, k_fetch_budget_bytes);
    EXPECT_GT(most_ahead, k_fetch_budget_bytes / 2) << "and it fetches ahead";
}

}  // namespace
}  // namespace ballast
