#pragma once

#include "store/file_source.hpp"
#include "store/store.hpp"

namespace ballast {

// A store in a directory. The directory is made by the first put_if_absent; objects appear whole by link(2)
// and survive a loss of power.
class FileStore : public FileSource, public Store {
  public:
    using FileSource::FileSource;

    Result<PutOutcome> put_if_absent(std::string_view key, std::span<const std::byte> bytes,
                                     const Sent& sent) override;
    Result<ObjectInfo> head(std::string_view key) override;
    Result<std::vector<ObjectInfo>> list(std::string_view prefix) override;
    Result<void> remove(std::string_view key) override;
    Result<std::uint64_t> remove_unfinished(StoreTime before) override;
};

}  // namespace ballast
