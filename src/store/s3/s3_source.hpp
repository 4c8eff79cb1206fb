#pragma once

#include <memory>
#include <string>

#include "store/object_source.hpp"
#include "store/s3/s3_client.hpp"

namespace ballast {

// Reads a store in a bucket of S3, or of a server that speaks its protocol. docs/s3.md has the addresses,
// credentials and permissions.
class S3Source : public virtual ObjectSource {
  public:
    explicit S3Source(std::unique_ptr<S3Client> client);

    const std::string& url() const override { return m_url; }
    unsigned fetch_concurrency() const override;
    std::chrono::steady_clock::time_point busy_until() const override { return m_client->busy_until(); }
    Result<std::unique_ptr<RangeReader>> open_range(std::string_view key, std::uint64_t offset,
                                                    std::uint64_t bytes, std::stop_token stop) override;
    StoreActivity activity() const override { return m_client->activity(); }

  protected:
    S3Client& client() { return *m_client; }

  private:
    std::unique_ptr<S3Client> m_client;
    std::string m_url;
};

}  // namespace ballast
