#pragma once

#include <string>

#include "store/store.hpp"

namespace ballast {

// A store in a directory: each object is a file under its key. The directory is made by the first
// put_if_absent; objects appear whole by link(2) and survive a loss of power.
class FileStore : public Store {
  public:
    FileStore(std::string directory, std::string url)
        : m_directory(std::move(directory)), m_url(std::move(url)) {}

    const std::string& url() const override { return m_url; }
    unsigned fetch_concurrency() const override { return 0; }
    Result<std::unique_ptr<RangeReader>> open_range(std::string_view key, std::uint64_t offset,
                                                    std::uint64_t bytes, std::stop_token stop) override;
    Result<PutOutcome> put_if_absent(std::string_view key, std::span<const std::byte> bytes,
                                     const Sent& sent) override;
    Result<ObjectInfo> head(std::string_view key) override;
    Result<std::vector<ObjectInfo>> list(std::string_view prefix) override;
    Result<void> remove(std::string_view key) override;
    Result<std::uint64_t> remove_unfinished(StoreTime before) override;

  private:
    Result<std::string> path_of(std::string_view key) const;
    std::string m_directory;
    std::string m_url;
};

}  // namespace ballast
