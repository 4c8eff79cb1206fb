#pragma once

#include <condition_variable>
#include <cstddef>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <thread>
#include <vector>

#include "base/result.hpp"
#include "pack/frame_choice.hpp"

namespace ballast {

// Encodes frames on all cores and gives them back in the order they came. Holds a bounded number of
// frames. One thread submits.
class OrderedEncoder {
  public:
    using Encoded = std::function<Result<void>(EncodedFrame&& frame, std::uint32_t decoded_bytes)>;

    // `encoded` is called from submit() and finish(), in order.
    OrderedEncoder(const FrameChoice& choice, Encoded encoded);
    OrderedEncoder(const OrderedEncoder&) = delete;
    OrderedEncoder& operator=(const OrderedEncoder&) = delete;
    ~OrderedEncoder();

    Result<void> submit(std::vector<std::byte> bytes);
    Result<void> finish();

  private:
    struct Job {
        std::vector<std::byte> bytes;
        std::optional<Result<EncodedFrame>> result;
    };
    void work();
    Result<void> hand_over_first();

    const FrameChoice m_choice;
    const Encoded m_encoded;
    std::mutex m_mutex;
    std::condition_variable m_work_there;
    std::condition_variable m_result_there;
    std::deque<std::shared_ptr<Job>> m_waiting;    // for a thread
    std::deque<std::shared_ptr<Job>> m_submitted;  // in order, not yet handed over
    bool m_stop = false;
    std::size_t m_most_submitted;
    std::vector<std::thread> m_threads;
};

}  // namespace ballast
