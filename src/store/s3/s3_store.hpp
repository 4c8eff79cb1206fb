#pragma once

#include <memory>
#include <string>

#include "store/s3/s3_client.hpp"
#include "store/store.hpp"

namespace ballast {

// A store in a bucket of S3, or of a server that speaks its protocol. Objects above k_multipart_bytes go up
// in parts, side by side (multipart_upload.hpp). docs/s3.md has the addresses, credentials and permissions.
class S3Store : public Store {
  public:
    static constexpr std::size_t k_multipart_bytes = 16U << 20U;

    explicit S3Store(std::unique_ptr<S3Client> client);

    const std::string& url() const override { return m_url; }
    unsigned fetch_concurrency() const override;
    std::chrono::steady_clock::time_point busy_until() const override { return m_client->busy_until(); }
    Result<std::unique_ptr<RangeReader>> open_range(std::string_view key, std::uint64_t offset,
                                                    std::uint64_t bytes, std::stop_token stop) override;
    Result<PutOutcome> put_if_absent(std::string_view key, std::span<const std::byte> bytes,
                                     const Sent& sent) override;
    Result<ObjectInfo> head(std::string_view key) override;
    Result<std::vector<ObjectInfo>> list(std::string_view prefix) override;
    Result<void> remove(std::string_view key) override;
    Result<std::uint64_t> remove_unfinished(StoreTime before) override;
    StoreActivity activity() const override { return m_client->activity(); }

  private:
    Result<PutOutcome> put_whole(std::string_view key, std::span<const std::byte> bytes, const Sent& sent);

    std::unique_ptr<S3Client> m_client;
    std::string m_url;
};

}  // namespace ballast
