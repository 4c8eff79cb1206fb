#include "store/s3/retry.hpp"

#include <algorithm>
#include <atomic>
#include <condition_variable>
#include <mutex>

#include "base/interrupt.hpp"

namespace ballast {
namespace {

using Clock = CallLimits::Clock;

// Until then, unless someone asks to stop. True when it was slept to the end.
bool sleep_until(Clock::time_point until, const CallLimits& limits) {
    constexpr auto k_interrupt_poll = std::chrono::milliseconds(100);
    std::mutex mutex;
    std::condition_variable_any wake;
    std::unique_lock lock(mutex);
    while (Clock::now() < until) {
        if (limits.stop.stop_requested() || (limits.heeds_interrupts && interrupt_requested())) return false;
        wake.wait_until(lock, limits.stop, std::min(until, Clock::now() + k_interrupt_poll),
                        [] { return false; });
    }
    return true;
}

}  // namespace

std::chrono::milliseconds draw_pause(const RetryPolicy& policy, unsigned failures, std::minstd_rand& random) {
    constexpr unsigned k_most_doublings = 16;
    const auto most = std::min<std::chrono::milliseconds>(
        policy.longest, policy.base * (1U << std::min(failures - 1, k_most_doublings)));
    return std::chrono::milliseconds(std::uniform_int_distribution<std::int64_t>(0, most.count())(random));
}

Retry::Retry(const RetryPolicy& policy, const CallLimits& limits)
    : m_policy(policy), m_limits(limits), m_random(std::random_device{}()) {}

bool Retry::wait(std::optional<std::chrono::milliseconds> retry_after) {
    ++m_failures;
    ++m_all_failures;
    if (m_failures >= m_policy.attempts || m_all_failures >= m_policy.all_attempts) return false;
    if (retry_after && *retry_after > m_policy.longest_retry_after) return false;

    const auto pause = std::max(draw_pause(m_policy, m_failures, m_random),
                                retry_after.value_or(std::chrono::milliseconds(0)));
    const auto until = Clock::now() + pause;
    return until < m_limits.deadline && sleep_until(until, m_limits);
}

}  // namespace ballast
