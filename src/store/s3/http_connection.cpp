#include "store/s3/http_connection.hpp"

#include <fmt/format.h>
#include <openssl/err.h>

#include <algorithm>
#include <boost/asio/connect.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/ssl.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/core.hpp>
#include <boost/beast/http.hpp>
#include <variant>

#include "base/interrupt.hpp"
#include "store/s3/resolve.hpp"
#include "store/s3/tls.hpp"

namespace ballast {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = beast::http;
using boost::system::error_code;
using Clock = CallLimits::Clock;

constexpr std::size_t k_write_bytes = 256U << 10U;  // one wait for the other side
constexpr std::size_t k_max_head_bytes = 64U << 10U;
constexpr auto k_interrupt_poll = std::chrono::milliseconds(200);

Clock::time_point within(std::chrono::milliseconds patience, const CallLimits& limits) {
    return std::min(Clock::now() + patience, limits.deadline);
}

class BeastConnection : public HttpConnection {
  public:
    BeastConnection(const Endpoint& endpoint, const Patience& patience)
        : m_endpoint(endpoint), m_patience(patience) {}

    // OpenSSL would not resume a session whose connection went without a farewell; S3 needs none, since
    // lengths say where an answer ends.
    ~BeastConnection() override {
        if (auto* secure = std::get_if<Secure>(&m_stream))
            SSL_set_shutdown(secure->native_handle(), SSL_SENT_SHUTDOWN | SSL_RECEIVED_SHUTDOWN);
    }

    Result<void> connect(Tls* tls, const CallLimits& limits) {
        auto addresses = resolve_host(m_endpoint.host, m_endpoint.port, within(m_patience.connect, limits));
        if (!addresses) return pass_on(std::move(addresses));
        std::vector<asio::ip::tcp::endpoint> endpoints;
        for (const auto& address : *addresses) {
            asio::ip::tcp::endpoint endpoint;
            endpoint.resize(address.bytes);
            std::memcpy(endpoint.data(), &address.storage, address.bytes);
            endpoints.push_back(endpoint);
        }
        if (tls == nullptr) {
            m_stream.emplace<Plain>(m_io);
        } else {
            auto* ssl = SSL_new(tls->context());
            if (ssl == nullptr) return failed("TLS", "cannot be set up");
            m_stream.emplace<Secure>(Plain(m_io), ssl);  // owns it now
            BALLAST_CHECK(tls->prepare(ssl, m_endpoint.host));
        }
        BALLAST_CHECK(run("cannot connect", m_patience.connect, limits, [&](auto done) {
            layer().async_connect(
                endpoints, [done](error_code error, const asio::ip::tcp::endpoint&) { done(error, 0); });
        }));
        error_code ignored;
        layer().socket().set_option(asio::ip::tcp::no_delay(true), ignored);
        return tls == nullptr ? Result<void>() : shake_hands(limits);
    }

    Result<HttpHead> exchange(const HttpRequest& request, const CallLimits& limits) override {
        m_answered = false;
        m_whole = false;
        m_body_left = 0;
        m_parser.emplace();
        m_parser->header_limit(k_max_head_bytes);
        m_parser->body_limit(boost::none);
        m_parser->skip(request.method == "HEAD");
        auto written = write(request, limits);
        // A server that refuses a body may answer before it has all of it, and close.
        if (!written && request.body.empty()) return pass_on(std::move(written));
        auto head = read_head(limits, written ? m_patience.answer : std::chrono::milliseconds(500));
        if (!written && !head) return pass_on(std::move(written));
        if (!written && head) head->keep_alive = m_keep_alive = false;
        return head;
    }

    Result<std::size_t> read_some(std::span<std::byte> out, const CallLimits& limits) override {
        std::size_t bytes = std::min(out.size(), m_buffer.size());
        if (bytes != 0) {
            asio::buffer_copy(asio::buffer(out.data(), bytes), m_buffer.data());
            m_buffer.consume(bytes);
        } else {
            BALLAST_TRY(bytes, run("broke off", m_patience.silence, limits, [&](auto done) {
                            visit([&](auto& stream) {
                                stream.async_read_some(asio::buffer(out.data(), out.size()), done);
                            });
                        }));
        }
        m_body_left -= bytes;
        m_whole = m_body_left == 0;
        m_idle_since = Clock::now();
        return bytes;
    }

    Result<std::string> read_rest(std::uint64_t max_bytes, const CallLimits& limits) override {
        std::string body;
        if (m_whole) return body;
        if (m_has_length) {
            if (m_body_left > max_bytes) return too_large(max_bytes);
            body.resize(m_body_left);
            for (auto rest = std::as_writable_bytes(std::span(body)); !rest.empty();) {
                BALLAST_TRY(const std::size_t bytes, read_some(rest, limits));
                rest = rest.subspan(bytes);
            }
            return body;
        }
        std::array<char, 16384> block = {};
        while (!m_parser->is_done()) {
            m_parser->get().body().data = block.data();
            m_parser->get().body().size = block.size();
            BALLAST_CHECK(run("broke off", m_patience.silence, limits, [&](auto done) {
                visit([&](auto& stream) {
                    http::async_read(
                        stream, m_buffer, *m_parser, [done](error_code error, std::size_t bytes) {
                            done(error == http::error::need_buffer ? error_code() : error, bytes);
                        });
                });
            }));
            body.append(block.data(), block.size() - m_parser->get().body().size);
            if (body.size() > max_bytes) return too_large(max_bytes);
        }
        m_whole = true;
        m_idle_since = Clock::now();
        return body;
    }

    bool is_reusable() override {
        if (!m_whole || !m_keep_alive || m_buffer.size() != 0) return false;
        // Bytes or an end that nobody asked for.
        char byte = 0;
        const auto got = ::recv(layer().socket().native_handle(), &byte, 1, MSG_PEEK | MSG_DONTWAIT);
        return got < 0 && (errno == EAGAIN || errno == EWOULDBLOCK);
    }

    bool was_answered() const override { return m_answered; }
    const Endpoint& endpoint() const override { return m_endpoint; }
    Clock::time_point idle_since() const override { return m_idle_since; }

  private:
    using Plain = beast::tcp_stream;
    // Takes an SSL of its own making, so that the session to resume is set before the handshake.
    using Secure = asio::ssl::stream<Plain>;
    using Parser = http::response_parser<http::buffer_body>;

    Plain& layer() {
        if (auto* secure = std::get_if<Secure>(&m_stream)) return secure->next_layer();
        return std::get<Plain>(m_stream);
    }

    template <typename Use>
    void visit(Use use) {
        if (auto* secure = std::get_if<Secure>(&m_stream)) {
            use(*secure);
        } else {
            use(std::get<Plain>(m_stream));
        }
    }

    tl::unexpected<Error> failed(std::string_view what, std::string_view cause) const {
        return fail(ErrorCode::unavailable, m_endpoint.url(), fmt::format("{}: {}", what, cause));
    }

    tl::unexpected<Error> too_large(std::uint64_t max_bytes) const {
        return fail(ErrorCode::corrupt, m_endpoint.url(),
                    fmt::format("the answer is larger than the {} bytes that it may have", max_bytes));
    }

    // Starts one operation and runs it to its end in this thread.
    template <typename Start>
    Result<std::size_t> run(std::string_view what, std::chrono::milliseconds patience,
                            const CallLimits& limits, Start start) {
        if (limits.stop.stop_requested()) return fail(ErrorCode::interrupted, m_endpoint.url(), "given up");
        if (limits.heeds_interrupts) BALLAST_CHECK(check_interrupt(m_endpoint.url()));
        error_code error;
        std::size_t bytes = 0;
        bool is_done = false;
        layer().expires_at(within(patience, limits));
        start([&](error_code result, std::size_t count) {
            error = result;
            bytes = count;
            is_done = true;
        });
        {
            const std::stop_callback on_stop(limits.stop,
                                             [this] { asio::post(m_io, [this] { layer().cancel(); }); });
            while (!is_done) {  // NOLINT(bugprone-infinite-loop): run_one() calls what was started above
                if (m_io.stopped()) m_io.restart();
                if (limits.heeds_interrupts) {
                    m_io.run_one_for(k_interrupt_poll);
                } else {
                    m_io.run_one();
                }
                if (!is_done && limits.heeds_interrupts && interrupt_requested()) layer().cancel();
            }
        }
        if (!error) return bytes;
        m_keep_alive = false;
        if (limits.stop.stop_requested()) return fail(ErrorCode::interrupted, m_endpoint.url(), "given up");
        if (limits.heeds_interrupts) BALLAST_CHECK(check_interrupt(m_endpoint.url()));
        return failed(what, describe(error, patience, limits));
    }

    std::string describe(const error_code& error, std::chrono::milliseconds patience,
                         const CallLimits& limits) const {
        if (error == beast::error::timeout) {
            if (Clock::now() >= limits.deadline) return "the deadline has passed";
            return fmt::format("nothing came for {:.1f} s", static_cast<double>(patience.count()) / 1000);
        }
        if (error == asio::error::eof || error == http::error::end_of_stream ||
            error == http::error::partial_message || error == asio::ssl::error::stream_truncated) {
            return "the server closed the connection";
        }
        return error.message();
    }

    Result<void> shake_hands(const CallLimits& limits) {
        auto& secure = std::get<Secure>(m_stream);
        auto done = run("TLS handshake failed", m_patience.connect, limits, [&](auto handler) {
            secure.async_handshake(asio::ssl::stream_base::client,
                                   [handler](error_code error) { handler(error, 0); });
        });
        if (done) return {};
        const long verdict = SSL_get_verify_result(secure.native_handle());
        if (verdict == X509_V_OK) return pass_on(std::move(done));
        const bool unknown_root = verdict == X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY ||
                                  verdict == X509_V_ERR_SELF_SIGNED_CERT_IN_CHAIN ||
                                  verdict == X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT ||
                                  verdict == X509_V_ERR_UNABLE_TO_VERIFY_LEAF_SIGNATURE;
        return fail(ErrorCode::corrupt, m_endpoint.url(),
                    fmt::format("the server's certificate is not believed: {}",
                                X509_verify_cert_error_string(verdict)),
                    unknown_root ? "name the certificates of its issuer with AWS_CA_BUNDLE"
                                 : "check the endpoint's host name and this machine's clock");
    }

    Result<void> write(const HttpRequest& request, const CallLimits& limits) {
        std::string text = fmt::format("{} {} HTTP/1.1\r\nHost: {}\r\nUser-Agent: ballast\r\n",
                                       request.method, request_target(request), m_endpoint.authority());
        for (const auto& [name, value] : request.headers) text += fmt::format("{}: {}\r\n", name, value);
        if (!request.body.empty() || request.method == "PUT" || request.method == "POST")
            text += fmt::format("Content-Length: {}\r\n", request.body.size());
        text += "\r\n";
        BALLAST_CHECK(write_all(asio::buffer(text), limits));
        for (auto rest = request.body; !rest.empty();) {
            const auto block = rest.first(std::min(rest.size(), k_write_bytes));
            BALLAST_CHECK(write_all(asio::buffer(block.data(), block.size()), limits));
            rest = rest.subspan(block.size());
        }
        return {};
    }

    Result<void> write_all(asio::const_buffer bytes, const CallLimits& limits) {
        BALLAST_CHECK(run("cannot send", m_patience.silence, limits, [&](auto done) {
            visit([&](auto& stream) { asio::async_write(stream, bytes, done); });
        }));
        return {};
    }

    Result<HttpHead> read_head(const CallLimits& limits, std::chrono::milliseconds patience) {
        auto done = run("no answer", patience, limits, [&](auto handler) {
            visit([&](auto& stream) { http::async_read_header(stream, m_buffer, *m_parser, handler); });
        });
        m_answered = m_parser->got_some();
        if (!done) return pass_on(std::move(done));
        const auto& message = m_parser->get();
        HttpHead head;
        head.status = message.result_int();
        for (const auto& field : message)
            head.headers.emplace_back(std::string(field.name_string()), std::string(field.value()));
        head.keep_alive = m_keep_alive = m_parser->keep_alive();
        m_has_length = !m_parser->chunked() && m_parser->content_length().has_value();
        if (m_parser->is_done()) {
            m_whole = true;
            m_idle_since = Clock::now();
            head.content_bytes = 0;
        } else if (m_has_length) {
            m_body_left = *m_parser->content_length();
            head.content_bytes = m_body_left;
        }
        return head;
    }

    const Endpoint m_endpoint;
    const Patience m_patience;
    asio::io_context m_io{1};
    std::variant<std::monostate, Plain, Secure> m_stream;
    beast::flat_buffer m_buffer;
    std::optional<Parser> m_parser;
    bool m_has_length = false;
    std::uint64_t m_body_left = 0;  // of a body with a length
    bool m_whole = false;           // the last answer was read to its end
    bool m_keep_alive = false;
    bool m_answered = false;
    Clock::time_point m_idle_since = Clock::now();
};

}  // namespace

Result<std::unique_ptr<HttpConnection>> HttpConnection::open(const Endpoint& endpoint,
                                                             const OpenTls& open_tls,
                                                             const Patience& patience,
                                                             const CallLimits& limits) {
    Tls* tls = nullptr;
    if (endpoint.scheme == Endpoint::Scheme::https && open_tls) BALLAST_SET(tls, open_tls());
    for (;;) {
        auto connection = std::make_unique<BeastConnection>(endpoint, patience);
        auto connected = connection->connect(tls, limits);
        if (connected) return connection;
        const bool not_believed = connected.error().code == ErrorCode::corrupt;
        if (!not_believed || !tls->widen_trust()) return pass_on(std::move(connected));
    }
}

Result<HttpAnswer> http_call(const Endpoint& endpoint, const OpenTls& open_tls, const HttpRequest& request,
                             const HttpConnection::Patience& patience, const CallLimits& limits) {
    constexpr std::uint64_t k_max_bytes = 1U << 20U;
    BALLAST_TRY(const auto connection, HttpConnection::open(endpoint, open_tls, patience, limits));
    HttpAnswer answer;
    BALLAST_TRY(answer.head, connection->exchange(request, limits));
    BALLAST_TRY(answer.body, connection->read_rest(k_max_bytes, limits));
    return answer;
}

}  // namespace ballast
