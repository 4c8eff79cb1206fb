#pragma once

#include <sys/socket.h>

#include <chrono>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "store/s3/call_limits.hpp"

namespace ballast {

struct SocketAddress {
    sockaddr_storage storage = {};
    socklen_t bytes = 0;
};

// The addresses of a host, in the order to try them. Blocks, but never past `until`: a resolver that does
// not answer is left behind in its thread. Errors: unavailable; not_found when there is no such name.
Result<std::vector<SocketAddress>> resolve_host(const std::string& host, std::uint16_t port,
                                                CallLimits::Clock::time_point until);

}  // namespace ballast
