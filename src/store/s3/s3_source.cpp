#include "store/s3/s3_source.hpp"

#include <fmt/format.h>

namespace ballast {
namespace {

// Bytes of an object as they arrive. A connection that breaks, stalls or answers something else is
// replaced by a new one, which goes on where the old one ended: no byte is fetched twice.
class S3Range : public RangeReader {
  public:
    S3Range(S3Client& client, std::string_view key, std::uint64_t offset, std::uint64_t bytes,
            std::stop_token stop)
        : m_client(client),
          m_key(key),
          m_offset(offset),
          m_left(bytes),
          m_limits(client.limits(std::move(stop))),
          m_retry(client.retry_policy(), m_limits) {}

    ~S3Range() override {
        if (m_left == 0) m_client.give_back(std::move(m_connection));
    }

    // Sends the request, so that the first read finds bytes under way. Errors: as read.
    Result<void> begin() {
        if (m_left == 0 || m_connection != nullptr) return {};
        const S3Client::Call call{
            .action = action(),
            .request = {.headers = {{"Range", fmt::format("bytes={}-{}", m_offset, m_offset + m_left - 1)}}},
            .accepted = {416}};
        for (;;) {
            BALLAST_TRY(auto exchange, m_client.begin(call, m_retry, m_limits));
            auto checked = check_answer(exchange.head);
            if (checked) {
                m_connection = std::move(exchange.connection);
                return {};
            }
            // An answer to another question can come from a proxy that mixed two up.
            if (checked.error().code != ErrorCode::unavailable || !m_retry.wait()) return checked;
            m_client.count_retry();
        }
    }

    Result<void> read(std::span<std::byte> out) override {
        while (!out.empty()) {
            BALLAST_CHECK(begin());
            const auto bytes = m_connection->read_some(out, m_limits);
            if (bytes) {
                out = out.subspan(*bytes);
                m_offset += *bytes;
                m_left -= *bytes;
                m_client.count_received(*bytes);
                m_retry.note_progress();
                continue;
            }
            m_connection.reset();
            if (bytes.error().code != ErrorCode::unavailable || !m_retry.wait()) {
                return pass_on(m_client.connection_error(bytes.error(), action(), m_retry.attempts_made()));
            }
            m_client.count_retry();
        }
        return {};
    }

  private:
    S3Action action() const { return {"s3:GetObject", m_key}; }

    Result<void> check_answer(const HttpHead& head) const {
        const S3Location location = m_client.location();
        const auto bad = [&](ErrorCode code, const std::string& what) {
            return fail(code, location.shown(m_key), fmt::format("s3:GetObject: {}", what));
        };
        if (head.status == 416) return bad(ErrorCode::corrupt, "ends before the bytes that were asked for");
        const auto range = head.header("content-range");
        if (range.empty()) {
            const bool is_s3 = !head.header("x-amz-request-id").empty() || !head.header("etag").empty();
            return pass_on(not_s3_error(
                location, action(),
                is_s3 ? "it ignores ranges" : fmt::format("HTTP {} and no S3 answer", head.status)));
        }
        const std::string start = fmt::format("bytes {}-", m_offset);
        if (!range.starts_with(start) || !head.content_bytes)
            return bad(ErrorCode::unavailable, "the answer is not the range that was asked for");
        if (*head.content_bytes < m_left)
            return bad(ErrorCode::corrupt, "ends before the bytes that were asked for");
        if (*head.content_bytes > m_left)
            return bad(ErrorCode::unavailable, "the answer is not the range that was asked for");
        return {};
    }

    S3Client& m_client;
    const std::string m_key;
    std::uint64_t m_offset;  // of the next byte
    std::uint64_t m_left;
    const CallLimits m_limits;
    Retry m_retry;
    std::unique_ptr<HttpConnection> m_connection;
};

}  // namespace

S3Source::S3Source(std::unique_ptr<S3Client> client)
    : m_client(std::move(client)), m_url(m_client->location().url) {}

unsigned S3Source::fetch_concurrency() const {
    return m_client->location().connections;
}

Result<std::unique_ptr<RangeReader>> S3Source::open_range(std::string_view key, std::uint64_t offset,
                                                          std::uint64_t bytes, std::stop_token stop) {
    BALLAST_CHECK(check_key(key));
    auto range = std::make_unique<S3Range>(*m_client, key, offset, bytes, std::move(stop));
    BALLAST_CHECK(range->begin());
    return range;
}

}  // namespace ballast
