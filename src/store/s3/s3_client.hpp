#pragma once

#include <atomic>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "store/object_source.hpp"
#include "store/s3/credential_chain.hpp"
#include "store/s3/http_connection.hpp"
#include "store/s3/location.hpp"
#include "store/s3/refusal.hpp"
#include "store/s3/retry.hpp"
#include "store/s3/tls.hpp"

namespace ballast {

// Makes requests to one bucket: signs, sends over connections that are kept warm, and tries again what is
// worth it. Corrects its clock by the server's, renews credentials that expired, follows the bucket to its
// region. Thread-safe.
class S3Client {
  public:
    // Opens nothing yet: the first request does. Errors: usage.
    static Result<std::unique_ptr<S3Client>> open(const std::string& url, const SourceOptions& options = {});

    struct Call {
        S3Action action;
        HttpRequest request;                  // without path: it is the key's
        std::vector<unsigned> accepted = {};  // statuses besides 2xx that are an answer, not an error
    };

    // An answer whose body is still to be read.
    struct Exchange {
        std::unique_ptr<HttpConnection> connection;
        HttpHead head;
    };

    // Errors: as the store contract; each names bucket, key, IAM action and the way out.
    Result<Exchange> begin(const Call& call, Retry& retry, const CallLimits& limits);

    // The same with the whole body, of at most 8 MiB, tried again when it breaks off.
    Result<HttpAnswer> call(const Call& call, const CallLimits& limits);
    Result<HttpAnswer> call(const Call& what) { return call(what, limits()); }

    // A connection whose exchange was read to its end may serve the next request.
    void give_back(std::unique_ptr<HttpConnection> connection);

    CallLimits limits(std::stop_token stop = {}) const { return {m_deadline, std::move(stop)}; }
    const RetryPolicy& retry_policy() const { return m_retry_policy; }
    S3Location location() const;
    StoreActivity activity() const;
    void count_received(std::uint64_t bytes) { m_received_bytes += bytes; }
    void count_retry() { ++m_retries; }

    // The latest time until which an answer asked to wait (Retry-After).
    CallLimits::Clock::time_point busy_until() const { return m_busy_until; }

    // The error of `cause`, a connection's, as one of this call.
    Error connection_error(const Error& cause, const S3Action& action, unsigned attempts) const;

  private:
    S3Client(S3Location location, AwsProfile profile, const SourceOptions& options);

    Result<Tls*> tls();
    Result<std::unique_ptr<HttpConnection>> connect(const Endpoint& server, const CallLimits& limits,
                                                    bool& is_new);
    std::chrono::sys_seconds now() const;
    bool correct_clock(const Refusal& refusal, std::chrono::sys_seconds signed_at);
    bool follow_region(const Refusal& refusal, const std::string& asked_region);
    Result<Refusal> explain(const Call& call, const CallLimits& limits);

    void tell_trouble(const Error& trouble);
    bool wait_as_asked(Retry& retry, const Refusal& refusal);

    const CallLimits::Clock::time_point m_deadline;
    const std::function<void(const Error&)> m_on_trouble;
    std::atomic<bool> m_told{false};
    const RetryPolicy m_retry_policy;
    CredentialChain m_credentials;
    std::atomic<std::int64_t> m_clock_offset_seconds{0};
    std::atomic<std::uint64_t> m_requests{0};
    std::atomic<std::uint64_t> m_retries{0};
    std::atomic<std::uint64_t> m_received_bytes{0};
    std::atomic<CallLimits::Clock::time_point> m_busy_until{};
    mutable std::mutex m_mutex;  // guards all below
    S3Location m_location;
    std::unique_ptr<Tls> m_tls;
    std::vector<std::unique_ptr<HttpConnection>> m_idle;  // the one used last at the end
};

}  // namespace ballast
