#include "store/s3/s3_source.hpp"

#include "store/s3/s3_range.hpp"

namespace ballast {

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
