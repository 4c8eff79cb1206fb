#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>

#include "base/result.hpp"
#include "store/s3/call_limits.hpp"
#include "store/s3/endpoint.hpp"
#include "store/s3/http_message.hpp"

namespace ballast {

class Tls;

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

    // Connects; with TLS when the endpoint says https, which `tls` is for (null otherwise).
    static Result<std::unique_ptr<HttpConnection>> open(const Endpoint& endpoint, Tls* tls,
                                                        const Patience& patience, const CallLimits& limits);
    HttpConnection(const HttpConnection&) = delete;
    HttpConnection& operator=(const HttpConnection&) = delete;
    ~HttpConnection();

    // Sends a request and reads the answer's head.
    Result<HttpHead> exchange(const HttpRequest& request, const CallLimits& limits);

    // Some bytes of the body, at least one, at most all of `out`; how many. REQUIRES: the head has
    // content_bytes, of which out.size() or more are left, and out is not empty.
    Result<std::size_t> read_some(std::span<std::byte> out, const CallLimits& limits);

    // The rest of the body, of any form. Errors: corrupt too, when it is larger than `max_bytes`.
    Result<std::string> read_rest(std::uint64_t max_bytes, const CallLimits& limits);

    // Whether another exchange can begin: the last one was read to its end, the server keeps the connection,
    // and nothing came that nobody asked for.
    bool is_reusable() const;

    // Whether any byte came back for the last request; when none did on a connection that was used
    // before, the server had closed it in the meantime.
    bool was_answered() const;

    const Endpoint& endpoint() const;

    // When the last exchange ended.
    CallLimits::Clock::time_point idle_since() const;

  private:
    class Implementation;
    explicit HttpConnection(std::unique_ptr<Implementation> implementation);
    std::unique_ptr<Implementation> m_implementation;
};

// One request on a connection of its own, with the whole answer, of at most `max_bytes`.
Result<HttpAnswer> http_call(const Endpoint& endpoint, Tls* tls, const HttpRequest& request,
                             const HttpConnection::Patience& patience, const CallLimits& limits,
                             std::uint64_t max_bytes = 1U << 20U);

}  // namespace ballast
