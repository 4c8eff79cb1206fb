#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string>

#include "base/result.hpp"
#include "store/s3/call_limits.hpp"
#include "store/s3/endpoint.hpp"
#include "store/s3/http_message.hpp"

namespace ballast {

class Tls;

// What TLS connections share, opened by the first that needs it.
using OpenTls = std::function<Result<Tls*>()>;

// One HTTP/1.1 connection, by Boost.Beast. One exchange after the other: exchange(), then the body
// to its end, or the connection is not fit for another. Calls block, within their limits and the
// silences that are borne below; they belong to one thread at a time.
//
// Errors name the server; codes: unavailable (worth a retry on a new connection), corrupt (a certificate that
// is not believed: not worth one), interrupted (stop was requested).
class HttpConnection {
  public:
    struct Patience {
        std::chrono::milliseconds connect{3000};   // name, TCP and TLS, each
        std::chrono::milliseconds answer{20000};   // from the last byte sent to the first one back
        std::chrono::milliseconds silence{10000};  // without a byte, in the middle
    };

    // Connects; with TLS when the endpoint says https. `open_tls` may be empty where none will.
    static Result<std::unique_ptr<HttpConnection>> open(const Endpoint& endpoint, const OpenTls& open_tls,
                                                        const Patience& patience, const CallLimits& limits);
    HttpConnection() = default;
    HttpConnection(const HttpConnection&) = delete;
    HttpConnection& operator=(const HttpConnection&) = delete;
    virtual ~HttpConnection() = default;

    // Sends a request and reads the answer's head.
    virtual Result<HttpHead> exchange(const HttpRequest& request, const CallLimits& limits) = 0;

    // Some bytes of the body, at least one, at most all of `out`; how many. REQUIRES: the head has
    // content_bytes, of which out.size() or more are left, and out is not empty.
    virtual Result<std::size_t> read_some(std::span<std::byte> out, const CallLimits& limits) = 0;

    // The rest of the body, of any form. Errors: corrupt too, when it is larger than `max_bytes`.
    virtual Result<std::string> read_rest(std::uint64_t max_bytes, const CallLimits& limits) = 0;

    // Whether another exchange can begin: the last one was read to its end, the server keeps the connection,
    // and nothing came that nobody asked for.
    virtual bool is_reusable() = 0;

    // Whether any byte came back for the last request; when none did on a connection that was used
    // before, the server had closed it in the meantime.
    virtual bool was_answered() const = 0;

    virtual const Endpoint& endpoint() const = 0;

    // When the last exchange ended.
    virtual CallLimits::Clock::time_point idle_since() const = 0;
};

// One request on a connection of its own, with the whole answer, of at most 1 MiB.
Result<HttpAnswer> http_call(const Endpoint& endpoint, const OpenTls& open_tls, const HttpRequest& request,
                             const HttpConnection::Patience& patience, const CallLimits& limits);

}  // namespace ballast
