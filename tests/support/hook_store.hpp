#pragma once

#include <cstddef>
#include <functional>
#include <limits>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "store/store.hpp"

namespace ballast::test {

// A store that something happens to at a chosen call: another process's whole work before it, or the
// end of the process that uses it. Calls count from 0; get_range and read_object are open_range and head.
class HookStore : public Store {
  public:
    explicit HookStore(Store& inner) : m_inner(inner) {}

    // Runs once, before the call with this number.
    void before(std::size_t call, std::function<void()> hook) {
        m_hook_call = call;
        m_hook = std::move(hook);
    }

    // As if the process were killed: this call and all after it fail. With `done`, what the call asked
    // for still happens, as in a store that the request had reached.
    enum class LastCall : std::uint8_t { not_done, done };
    void kill_at(std::size_t call, LastCall last = LastCall::not_done) {
        m_kill_call = call;
        m_last = last;
    }

    // Only this call fails: the store did not answer in time.
    void fail_at(std::size_t call) { m_failing_call = call; }

    std::size_t calls() const { return m_calls; }
    const std::vector<std::string>& log() const { return m_log; }  // "put_if_absent packs/ab.."

    const std::string& url() const override { return m_inner.url(); }
    unsigned fetch_concurrency() const override { return 0; }

    Result<std::unique_ptr<RangeReader>> open_range(std::string_view key, std::uint64_t offset,
                                                    std::uint64_t bytes, std::stop_token stop) override {
        return call<std::unique_ptr<RangeReader>>(
            "open_range", key, [&] { return m_inner.open_range(key, offset, bytes, stop); });
    }
    Result<PutOutcome> put_if_absent(std::string_view key, std::span<const std::byte> bytes,
                                     const Sent& sent) override {
        return call<PutOutcome>("put_if_absent", key,
                                [&] { return m_inner.put_if_absent(key, bytes, sent); });
    }
    Result<ObjectInfo> head(std::string_view key) override {
        return call<ObjectInfo>("head", key, [&] { return m_inner.head(key); });
    }
    Result<std::vector<ObjectInfo>> list(std::string_view prefix) override {
        return call<std::vector<ObjectInfo>>("list", prefix, [&] { return m_inner.list(prefix); });
    }
    Result<void> remove(std::string_view key) override {
        return call<void>("remove", key, [&] { return m_inner.remove(key); });
    }

  private:
    static constexpr std::size_t k_never = std::numeric_limits<std::size_t>::max();

    template <typename T, typename Work>
    Result<T> call(const char* name, std::string_view key, const Work& work) {
        const std::size_t number = m_calls++;
        m_log.push_back(std::string(name) + " " + std::string(key));
        if (number == m_hook_call) std::exchange(m_hook, nullptr)();
        if (number == m_failing_call) return fail(ErrorCode::unavailable, key, "no answer");
        if (number == m_kill_call && m_last == LastCall::done) (void)work();
        if (number >= m_kill_call) return fail(ErrorCode::unavailable, key, "killed");
        return work();
    }

    Store& m_inner;
    std::size_t m_calls = 0;
    std::size_t m_hook_call = k_never;
    std::size_t m_kill_call = k_never;
    std::size_t m_failing_call = k_never;
    LastCall m_last = LastCall::not_done;
    std::function<void()> m_hook;
    std::vector<std::string> m_log;
};

}  // namespace ballast::test
