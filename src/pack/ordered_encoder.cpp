#include "pack/ordered_encoder.hpp"

#include "base/parallel.hpp"

namespace ballast {

OrderedEncoder::OrderedEncoder(const FrameChoice& choice, Encoded encoded)
    : m_choice(choice), m_encoded(std::move(encoded)), m_most_submitted(std::size_t{4} * available_cores()) {
    for (unsigned i = 0; i < available_cores(); ++i) m_threads.emplace_back([this] { work(); });
}

OrderedEncoder::~OrderedEncoder() {
    {
        const std::lock_guard lock(m_mutex);
        m_stop = true;
    }
    m_work_there.notify_all();
    for (auto& thread : m_threads) thread.join();
}

void OrderedEncoder::work() {
    FrameEncoder encoder;
    std::unique_lock lock(m_mutex);
    for (;;) {
        m_work_there.wait(lock, [this] { return m_stop || !m_waiting.empty(); });
        if (m_stop) return;
        const auto job = std::move(m_waiting.front());
        m_waiting.pop_front();
        lock.unlock();
        auto result = m_choice.encode(encoder, job->bytes);
        lock.lock();
        job->result = std::move(result);
        m_result_there.notify_one();
    }
}

Result<void> OrderedEncoder::hand_over_first() {
    std::unique_lock lock(m_mutex);
    const auto job = std::move(m_submitted.front());
    m_submitted.pop_front();
    m_result_there.wait(lock, [&job] { return job->result.has_value(); });
    lock.unlock();
    if (!*job->result) return pass_on(job->result->error());
    return m_encoded(std::move(**job->result), static_cast<std::uint32_t>(job->bytes.size()));
}

Result<void> OrderedEncoder::submit(std::vector<std::byte> bytes) {
    while (m_submitted.size() >= m_most_submitted) BALLAST_CHECK(hand_over_first());
    auto job = std::make_shared<Job>();
    job->bytes = std::move(bytes);
    {
        const std::lock_guard lock(m_mutex);
        m_waiting.push_back(job);
        m_submitted.push_back(std::move(job));
    }
    m_work_there.notify_one();
    return {};
}

Result<void> OrderedEncoder::finish() {
    while (!m_submitted.empty()) BALLAST_CHECK(hand_over_first());
    return {};
}

}  // namespace ballast
