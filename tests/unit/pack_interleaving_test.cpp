// Two pushes and two gcs of one store at once, call by call in an order that a seed chooses: whatever can
// be seen at the end is whole, and what a push called stored is there.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <condition_variable>
#include <mutex>
#include <random>
#include <thread>

#include "format/keys.hpp"
#include "lifecycle/gc.hpp"
#include "support/packed_version.hpp"
#include "support/test_version.hpp"

namespace ballast {
namespace {

using test::MemoryStore;

using test::damages;
using test::keys;
using test::pack_version;
using testing::AnyOf;
using testing::Contains;
using testing::IsEmpty;

// Lets one of several threads go on at a time.
class Turns {
  public:
    Turns(std::size_t threads, std::uint64_t seed) : m_active(threads, true), m_random(seed) { choose(); }

    // Gives the turn away, and returns when it comes back.
    void next(std::size_t own) {
        std::unique_lock lock(m_mutex);
        if (m_turn == own) choose();
        m_changed.wait(lock, [&] { return m_turn == own; });
    }
    void wait_for_first(std::size_t own) {
        std::unique_lock lock(m_mutex);
        m_changed.wait(lock, [&] { return m_turn == own; });
    }
    void finish(std::size_t own) {
        const std::lock_guard lock(m_mutex);
        m_active[own] = false;
        choose();
    }

  private:
    void choose() {
        std::vector<std::size_t> active;
        for (std::size_t i = 0; i < m_active.size(); ++i) {
            if (m_active[i]) active.push_back(i);
        }
        if (!active.empty()) m_turn = active[m_random() % active.size()];
        m_changed.notify_all();
    }

    std::mutex m_mutex;
    std::condition_variable m_changed;
    std::vector<bool> m_active;
    std::mt19937_64 m_random;
    std::size_t m_turn = 0;
};

// The store as one of the threads sees it: before every call another may come.
class TurnStore : public Store {
  public:
    TurnStore(Store& inner, Turns& turns, std::size_t own) : m_inner(inner), m_turns(turns), m_own(own) {}

    const std::string& url() const override { return m_inner.url(); }
    unsigned fetch_concurrency() const override { return 0; }
    Result<std::unique_ptr<RangeReader>> open_range(std::string_view key, std::uint64_t offset,
                                                    std::uint64_t bytes, std::stop_token stop) override {
        m_turns.next(m_own);
        return m_inner.open_range(key, offset, bytes, stop);
    }
    Result<PutOutcome> put_if_absent(std::string_view key, std::span<const std::byte> bytes,
                                     const Sent& sent) override {
        m_turns.next(m_own);
        return m_inner.put_if_absent(key, bytes, sent);
    }
    Result<ObjectInfo> head(std::string_view key) override {
        m_turns.next(m_own);
        return m_inner.head(key);
    }
    Result<std::vector<ObjectInfo>> list(std::string_view prefix) override {
        m_turns.next(m_own);
        return m_inner.list(prefix);
    }
    Result<void> remove(std::string_view key) override {
        m_turns.next(m_own);
        return m_inner.remove(key);
    }

  private:
    Store& m_inner;
    Turns& m_turns;
    std::size_t m_own;
};

TEST(Interleaving, OfTwoPushesAndTwoGcsDoesNoHarmInAnyOrder) {
    constexpr std::uint64_t k_orders = 400;
    MemoryStore template_store;
    const std::string shared = test::noise(70'000, 1);
    const auto v1 = pack_version({{"a", shared}}, "app", "v1", template_store);
    ASSERT_TRUE(test::push(v1, template_store));
    // Refers to the pack of v1; its own pack is there already, as an orphan of an interrupted push.
    const auto v3 = pack_version({{"a", shared}, {"b", test::noise(3'000, 2)}}, "app", "v3", template_store);
    MemoryStore nothing;
    const auto repeated = pack_version({{"a", shared}}, "app", "v1", nothing);
    const auto v2 = pack_version({{"c", test::noise(2'000, 3)}}, "app", "v2", nothing);

    std::size_t stored = 0;
    std::size_t waited = 0;
    for (std::uint64_t seed = 0; seed < k_orders; ++seed) {
        MemoryStore store;
        ASSERT_TRUE(test::push(v1, store));
        Version old = parse_version(read_object(store, "versions/app/v1", 1 << 20).value(), "v1").value();
        old.created = "2026-01-01T00:00:00Z";
        store.replace("versions/app/v1", write_version(old));
        ASSERT_TRUE(test::push(v2, store));
        const std::string orphan = v3.parsed().packs().back().key();
        const std::string bytes = read_object(*v3.staging, orphan, 1 << 20).value();
        ASSERT_TRUE(store.put_if_absent(orphan, as_bytes(bytes), {}));

        Turns turns(4, seed);
        std::vector<std::thread> threads;
        std::array<std::optional<Result<PushReport>>, 2> pushed;
        std::array<std::size_t, 2> pauses = {};
        std::array<std::optional<Result<GcReport>>, 2> collected;
        for (std::size_t i = 0; i < 4; ++i) {
            threads.emplace_back([&, i] {
                TurnStore seen(store, turns, i);
                turns.wait_for_first(i);
                // Not all at once, so that each meets the others at any of its calls.
                for (auto pause = std::mt19937_64(seed * 4 + i)() % 60; pause > 0; --pause) turns.next(i);
                if (i < 2) {
                    pushed[i] = test::push(i == 0 ? v3 : repeated, seen, [&](auto) {
                        ++pauses[i];
                        turns.next(i);
                    });
                } else {
                    GcOptions options;
                    options.retention.keep = i - 1;
                    collected[i - 2] = collect_garbage(seen, options);
                }
                turns.finish(i);
            });
        }
        for (auto& thread : threads) thread.join();

        EXPECT_THAT(damages(store), IsEmpty()) << "seed " << seed;
        for (const auto& gc : collected) EXPECT_TRUE(*gc) << "seed " << seed << (*gc).error().message;
        if (*pushed[0]) {
            EXPECT_THAT(keys(store, "versions/"), Contains("versions/app/v3")) << "seed " << seed;
        }
        for (const auto& push : pushed) {
            if (*push) {
                ++stored;
            } else {
                EXPECT_THAT((*push).error().code, AnyOf(ErrorCode::unavailable, ErrorCode::not_found));
            }
        }
        if (pauses[0] + pauses[1] != 0) ++waited;
        EXPECT_THAT(keys(store, "leases/"), IsEmpty());
        EXPECT_THAT(keys(store, "gc/"), IsEmpty());
    }
    // All of it happened: not one order that looks like another.
    EXPECT_GT(stored, k_orders / 4);
    EXPECT_GT(waited, k_orders / 20);
}

}  // namespace
}  // namespace ballast
