#pragma once

#include <optional>
#include <string>

#include "store/object_source.hpp"
#include "store/s3/s3_client.hpp"

namespace ballast {

// Bytes of an object as they arrive. A connection that breaks, stalls or answers something else is
// replaced by a new one, which goes on where the old one ended: no byte is fetched twice.
class S3Range : public RangeReader {
  public:
    // The request leaves with the first read.
    S3Range(S3Client& client, std::string_view key, std::uint64_t offset, std::uint64_t bytes,
            std::stop_token stop);
    ~S3Range() override;

    Result<void> read(std::span<std::byte> out) override;

    // Sends the request, so that the first read finds bytes under way. Errors: as read.
    Result<void> begin();

  private:
    Result<void> check_answer(const HttpHead& head) const;
    S3Action action() const { return {"s3:GetObject", m_key}; }

    S3Client& m_client;
    const std::string m_key;
    std::uint64_t m_offset;  // of the next byte
    std::uint64_t m_left;
    const CallLimits m_limits;
    Retry m_retry;
    std::unique_ptr<HttpConnection> m_connection;
};

}  // namespace ballast
