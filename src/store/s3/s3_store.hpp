#pragma once

#include "store/s3/s3_source.hpp"
#include "store/store.hpp"

namespace ballast {

// A store in a bucket. Objects above k_multipart_bytes go up in parts, side by side (multipart_upload.hpp).
class S3Store : public S3Source, public Store {
  public:
    static constexpr std::size_t k_multipart_bytes = 16U << 20U;

    using S3Source::S3Source;

    Result<PutOutcome> put_if_absent(std::string_view key, std::span<const std::byte> bytes,
                                     const Sent& sent) override;
    Result<ObjectInfo> head(std::string_view key) override;
    Result<std::vector<ObjectInfo>> list(std::string_view prefix) override;
    Result<void> remove(std::string_view key) override;
    Result<std::uint64_t> remove_unfinished(StoreTime before) override;
};

}  // namespace ballast
