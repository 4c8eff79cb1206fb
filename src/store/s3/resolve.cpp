#include "store/s3/resolve.hpp"

#include <fmt/format.h>
#include <netdb.h>

#include <condition_variable>
#include <cstring>
#include <memory>
#include <mutex>
#include <optional>
#include <thread>

namespace ballast {
namespace {

using Addresses = Result<std::vector<SocketAddress>>;

Addresses resolve(const std::string& host, const std::string& port, int flags) {
    addrinfo hints = {};
    hints.ai_socktype = SOCK_STREAM;
    hints.ai_flags = AI_NUMERICSERV | flags;
    addrinfo* found = nullptr;
    const int status = ::getaddrinfo(host.c_str(), port.c_str(), &hints, &found);
    if (status != 0) {
        const std::string cause = status == EAI_SYSTEM ? std::strerror(errno) : ::gai_strerror(status);
        return fail(status == EAI_NONAME ? ErrorCode::not_found : ErrorCode::unavailable, host,
                    "the name cannot be resolved: " + cause,
                    "check the endpoint and region, and that the function's network has a resolver");
    }
    std::vector<SocketAddress> addresses;
    for (const addrinfo* at = found; at != nullptr; at = at->ai_next) {
        SocketAddress address;
        address.bytes = at->ai_addrlen;
        std::memcpy(&address.storage, at->ai_addr, at->ai_addrlen);
        addresses.push_back(address);
    }
    ::freeaddrinfo(found);
    return addresses;
}

// What the asking and the resolving thread share; the last of them frees it.
struct Question {
    std::mutex mutex;
    std::condition_variable answered;
    std::optional<Addresses> answer;
};

}  // namespace

Addresses resolve_host(const std::string& host, std::uint16_t port, CallLimits::Clock::time_point until) {
    const std::string service = fmt::format("{}", port);
    if (auto numeric = resolve(host, service, AI_NUMERICHOST)) return numeric;

    const auto question = std::make_shared<Question>();
    std::thread([question, host, service] {
        Addresses answer = resolve(host, service, 0);
        const std::lock_guard lock(question->mutex);
        question->answer = std::move(answer);
        question->answered.notify_one();
    }).detach();
    std::unique_lock lock(question->mutex);
    if (!question->answered.wait_until(lock, until, [&] { return question->answer.has_value(); })) {
        return fail(ErrorCode::unavailable, host, "the name was not resolved in time",
                    "check that the function's network has a resolver");
    }
    return std::move(*question->answer);
}

}  // namespace ballast
