#include "store/s3/s3_client.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace ballast {
namespace {

// S3 closes idle connections after about 5 s.
constexpr auto k_idle = std::chrono::seconds(4);
constexpr std::uint64_t k_max_refusal_bytes = 64U << 10U;
constexpr auto k_clock_tolerance = std::chrono::seconds(60);
// How far apart clocks must be that a 403 without a word can come from that; S3 bears 15 minutes.
constexpr auto k_suspicious_clock = std::chrono::minutes(5);

bool is_success(unsigned status) {
    return status >= 200 && status < 300;
}

// A server that answers a question of S3 with a page for people is not S3, whatever the status says.
bool is_web_page(const HttpHead& head) {
    return head.header("content-type").starts_with("text/html");
}

}  // namespace

S3Client::S3Client(S3Location location, AwsProfile profile, const SourceOptions& options)
    : m_deadline(options.deadline),
      m_on_trouble(options.on_trouble),
      m_credentials(std::move(profile), location.region, [this] { return tls(); }),
      m_location(std::move(location)) {}

Result<std::unique_ptr<S3Client>> S3Client::open(const std::string& url, const SourceOptions& options) {
    BALLAST_TRY(AwsProfile profile, load_aws_profile());
    BALLAST_TRY(S3Location location, parse_s3_url(url, profile));
    return std::unique_ptr<S3Client>(new S3Client(std::move(location), std::move(profile), options));
}

S3Location S3Client::location() const {
    const std::lock_guard lock(m_mutex);
    return m_location;
}

StoreActivity S3Client::activity() const {
    return {m_requests, m_retries, m_received_bytes};
}

Result<Tls*> S3Client::tls() {
    const std::lock_guard lock(m_mutex);
    if (m_tls == nullptr) BALLAST_SET(m_tls, Tls::open());
    return m_tls.get();
}

Result<std::unique_ptr<HttpConnection>> S3Client::connect(const Endpoint& server, const CallLimits& limits,
                                                          bool& is_new) {
    {
        const std::lock_guard lock(m_mutex);
        while (!m_idle.empty()) {
            auto connection = std::move(m_idle.back());
            m_idle.pop_back();
            const bool is_fresh = CallLimits::Clock::now() - connection->idle_since() < k_idle;
            if (is_fresh && connection->endpoint() == server && connection->is_reusable()) {
                is_new = false;
                return connection;
            }
        }
    }
    is_new = true;
    return HttpConnection::open(
        server, [this] { return tls(); }, {}, limits);
}

void S3Client::give_back(std::unique_ptr<HttpConnection> connection) {
    if (connection == nullptr || !connection->is_reusable()) return;
    const std::lock_guard lock(m_mutex);
    m_idle.push_back(std::move(connection));
}

std::chrono::sys_seconds S3Client::now() const {
    return std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now()) +
           std::chrono::seconds(m_clock_offset_seconds);
}

// True when the server's time is another one than the request was signed with; it is used from now on.
bool S3Client::correct_clock(const Refusal& refusal, std::chrono::sys_seconds signed_at) {
    if (!refusal.server_time) return false;
    const auto difference = std::chrono::abs(*refusal.server_time - signed_at);
    const bool said_so = refusal.is_wrong_clock() && difference > k_clock_tolerance;
    const bool may_be = refusal.status == 403 && difference > k_suspicious_clock;
    if (!said_so && !may_be) return false;
    const auto machine = std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now());
    m_clock_offset_seconds = (*refusal.server_time - machine).count();
    return true;
}

// True when the bucket is in another region than was asked, and that one can be asked.
bool S3Client::follow_region(const Refusal& refusal, const std::string& asked_region) {
    if (refusal.region.empty() || refusal.region == asked_region || !refusal.is_wrong_region()) return false;
    const std::lock_guard lock(m_mutex);
    const bool signature_only = refusal.code == "AuthorizationHeaderMalformed";
    if (!m_location.is_aws && !signature_only) return false;
    m_location.move_to(refusal.region);
    return true;
}

Error S3Client::connection_error(const Error& cause, const S3Action& action, unsigned attempts) const {
    Error error = cause;
    error.object = location().shown(action.key);
    if (error.code == ErrorCode::not_found) error.code = ErrorCode::unavailable;  // the host, not the object
    error.message = fmt::format("{}: {}: {}{}", action.permission, cause.object, cause.message,
                                attempts > 1 ? fmt::format(" ({} attempts)", attempts) : "");
    if (error.hint.empty() && error.code == ErrorCode::unavailable)
        error.hint =
            "check the endpoint, and that the network leads there (in a VPC: a gateway endpoint for S3)";
    return error;
}

// An answer to HEAD has no words: the same question as a GET of one byte has.
Result<Refusal> S3Client::explain(const Call& call, const CallLimits& limits) {
    const Call question{.action = call.action,
                        .request = {.method = "GET", .headers = {{"Range", "bytes=0-0"}}},
                        .accepted = {301, 307, 400, 401, 403, 404, 416}};
    Retry retry(m_retry_policy, limits);
    BALLAST_TRY(Exchange exchange, begin(question, retry, limits));
    BALLAST_TRY(const std::string body, exchange.connection->read_rest(k_max_refusal_bytes, limits));
    return read_refusal(exchange.head, body);
}

Result<S3Client::Exchange> S3Client::begin(const Call& call, Retry& retry, const CallLimits& limits) {
    const Digest payload = sha256(call.request.body);
    bool clock_corrected = false;
    unsigned regions_followed = 0;
    bool renewed = false;
    for (;;) {
        const S3Location where = location();
        BALLAST_TRY(const auto credentials, m_credentials.current(limits));
        const Endpoint server = where.server();
        HttpRequest request = call.request;
        request.path = where.path_of(call.action.key);
        const auto signed_at = now();
        if (credentials)
            sign_for_s3(request, server.authority(), payload, *credentials, {where.region}, signed_at);

        bool is_new = true;
        auto connection = connect(server, limits, is_new);
        if (connection) ++m_requests;
        auto head = connection ? (*connection)->exchange(request, limits)
                               : Result<HttpHead>(pass_on(connection.error()));
        if (!head) {
            if (head.error().code != ErrorCode::unavailable)
                return pass_on(connection_error(head.error(), call.action, 1));
            // A kept connection that the server had closed costs nothing but the next one.
            const bool was_stale = connection && !is_new && !(*connection)->was_answered();
            if (!was_stale && !retry.wait())
                return pass_on(connection_error(head.error(), call.action, retry.attempts_made()));
            if (!was_stale) tell_trouble(connection_error(head.error(), call.action, 1));
            ++m_retries;
            continue;
        }
        const auto& accepted = call.accepted;
        if ((is_success(head->status) && !is_web_page(*head)) ||
            std::find(accepted.begin(), accepted.end(), head->status) != accepted.end())
            return Exchange{std::move(*connection), std::move(*head)};

        const auto body = (*connection)->read_rest(k_max_refusal_bytes, limits);
        Refusal refusal = read_refusal(*head, body ? *body : "",
                                       request.method == "HEAD" ? AnswerTo::head : AnswerTo::other);
        give_back(std::move(*connection));
        const bool is_silent = request.method == "HEAD" && refusal.code.empty() && refusal.status != 404;
        if (is_silent && !refusal.is_transient()) BALLAST_SET(refusal, explain(call, limits));
        if (!clock_corrected && correct_clock(refusal, signed_at)) {
            clock_corrected = true;
        } else if (regions_followed < 3 && follow_region(refusal, where.region)) {
            ++regions_followed;
        } else if (credentials && refusal.is_expired_credential() && !renewed) {
            renewed = true;
            BALLAST_TRY(const bool fresh, m_credentials.renew(*credentials, limits));
            if (!fresh) return pass_on(refusal_error(refusal, where, call.action, Signed::yes));
        } else if (!refusal.is_transient() || !wait_as_asked(retry, refusal)) {
            Error error = refusal_error(refusal, where, call.action, credentials ? Signed::yes : Signed::no);
            if (retry.attempts_made() > 1)
                error.message += fmt::format(" ({} attempts)", retry.attempts_made());
            return pass_on(std::move(error));
        } else {
            tell_trouble(refusal_error(refusal, where, call.action, credentials ? Signed::yes : Signed::no));
        }
        ++m_retries;
    }
}

bool S3Client::wait_as_asked(Retry& retry, const Refusal& refusal) {
    if (refusal.retry_after) {
        // Longer is not waited for; it may be an eternity.
        const auto asked = std::min(*refusal.retry_after, m_retry_policy.longest_retry_after);
        const auto until = CallLimits::Clock::now() + asked;
        auto known = m_busy_until.load();
        while (known < until && !m_busy_until.compare_exchange_weak(known, until)) {
        }
    }
    return retry.wait(refusal.retry_after);
}

void S3Client::tell_trouble(const Error& trouble) {
    if (m_on_trouble && m_received_bytes == 0 && !m_told.exchange(true)) m_on_trouble(trouble);
}

Result<HttpAnswer> S3Client::call(const Call& call, const CallLimits& limits) {
    constexpr std::uint64_t k_max_bytes = 8U << 20U;
    Retry retry(m_retry_policy, limits);
    for (;;) {
        BALLAST_TRY(Exchange exchange, begin(call, retry, limits));
        auto body = exchange.connection->read_rest(k_max_bytes, limits);
        if (body) {
            give_back(std::move(exchange.connection));
            return HttpAnswer{std::move(exchange.head), std::move(*body)};
        }
        if (body.error().code != ErrorCode::unavailable || !retry.wait())
            return pass_on(connection_error(body.error(), call.action, retry.attempts_made()));
        ++m_retries;
    }
}

}  // namespace ballast
