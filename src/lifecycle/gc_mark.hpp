#pragma once

#include <chrono>
#include <functional>
#include <string>

#include "base/result.hpp"
#include "format/removal_mark.hpp"
#include "store/store.hpp"

namespace ballast {

// A clock that also runs while the machine sleeps, and that nobody sets. Since when does not matter.
using RunningClock = std::function<std::chrono::nanoseconds()>;
std::chrono::nanoseconds boot_time();

// The mark of a gc while it removes: gc's side of the protocol of docs/lifecycle.md. Owned by the gc;
// one thread. The destructor removes the mark, as far as the store lets it.
class GcMark {
  public:
    // REQUIRES: the store outlives it. Errors: those of the store.
    static Result<GcMark> write(Store& store, RemovalMark mark, RunningClock clock);

    GcMark(GcMark&& other) noexcept;
    GcMark& operator=(GcMark&&) = delete;
    GcMark(const GcMark&) = delete;
    GcMark& operator=(const GcMark&) = delete;
    ~GcMark();

    const RemovalMark& named() const { return m_mark; }
    const std::string& key() const { return m_key; }
    // When the store says that it was written: the newest time that is known of the store.
    StoreTime written() const { return m_written; }

    // Whether pushes still respect the mark: to be asked before each removal. Errors: those of the
    // store; unavailable when another gc took the mark away, or it is too old to be relied on.
    Result<void> check() const;

    // Leaves the mark to grow stale: for a gc that does not know whether a removal is still under way.
    void leave() { m_key.clear(); }

  private:
    GcMark(Store& store, RemovalMark mark, std::string key, RunningClock clock)
        : m_store(&store), m_mark(std::move(mark)), m_key(std::move(key)), m_clock(std::move(clock)) {}

    Store* m_store;
    RemovalMark m_mark;
    std::string m_key;
    StoreTime m_written;
    RunningClock m_clock;
    std::chrono::nanoseconds m_begun{0};
};

}  // namespace ballast
