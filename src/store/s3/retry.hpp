#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <random>

#include "store/s3/call_limits.hpp"

namespace ballast {

// How often and how fast one call is tried again: exponential backoff with full jitter (each wait is drawn
// evenly from nothing to base × 2^n, at most `longest`), as
// https://aws.amazon.com/blogs/architecture/exponential-backoff-and-jitter/ found best. A server's own
// Retry-After is honoured. Progress starts the count anew.
struct RetryPolicy {
    unsigned attempts = 8;       // in a row without a byte of progress
    unsigned all_attempts = 64;  // of one call, progress or not
    std::chrono::milliseconds base{50};
    std::chrono::milliseconds longest{5000};
    std::chrono::milliseconds longest_retry_after{30000};  // beyond, the server means "not now"
};

// How long to wait after the failure of that number, from 1.
std::chrono::milliseconds draw_pause(const RetryPolicy& policy, unsigned failures, std::minstd_rand& random);

class Retry {
  public:
    Retry(const RetryPolicy& policy, const CallLimits& limits);

    // After a failure: sleeps, then true; false when it is not worth another attempt, at once.
    bool wait(std::optional<std::chrono::milliseconds> retry_after = {});

    // Bytes came: failures are counted anew.
    void note_progress() { m_failures = 0; }
    unsigned attempts_made() const { return m_all_failures + 1; }

  private:
    RetryPolicy m_policy;
    CallLimits m_limits;
    unsigned m_failures = 0;
    unsigned m_all_failures = 0;
    std::minstd_rand m_random;
};

}  // namespace ballast
