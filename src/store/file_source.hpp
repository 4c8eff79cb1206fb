#pragma once

#include <string>

#include "store/object_source.hpp"

namespace ballast {

// Reads a store in a directory: each object is a file under its key.
class FileSource : public virtual ObjectSource {
  public:
    FileSource(std::string directory, std::string url)
        : m_directory(std::move(directory)), m_url(std::move(url)) {}

    const std::string& url() const override { return m_url; }
    unsigned fetch_concurrency() const override { return 0; }
    Result<std::unique_ptr<RangeReader>> open_range(std::string_view key, std::uint64_t offset,
                                                    std::uint64_t bytes, std::stop_token stop) override;

  protected:
    const std::string& directory() const { return m_directory; }
    Result<std::string> path_of(std::string_view key) const;

  private:
    std::string m_directory;
    std::string m_url;
};

// The failure of a system call on a file of a store: fail_errno with a hint at the store's configuration,
// since that is where the way out is.
tl::unexpected<Error> store_error(int saved_errno, const std::string& path, std::string_view what);

}  // namespace ballast
