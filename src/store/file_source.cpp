#include "store/file_source.hpp"

#include <fcntl.h>

#include <cerrno>

#include "base/file.hpp"

namespace ballast {
namespace {

class FileRange : public RangeReader {
  public:
    FileRange(Fd fd, std::uint64_t offset, std::string path)
        : m_fd(std::move(fd)), m_offset(offset), m_path(std::move(path)) {}

    Result<void> read(std::span<std::byte> out) override {
        BALLAST_CHECK(pread_exact(m_fd, out, m_offset, m_path));
        m_offset += out.size();
        return {};
    }

  private:
    Fd m_fd;
    std::uint64_t m_offset;
    std::string m_path;
};

}  // namespace

tl::unexpected<Error> store_error(int saved_errno, const std::string& path, std::string_view what) {
    auto error = fail_errno(saved_errno, path, what);
    if (error.value().code == ErrorCode::permission)
        error.value().hint = "check the permissions of the store's directory";
    return error;
}

Result<std::string> FileSource::path_of(std::string_view key) const {
    BALLAST_CHECK(check_key(key));
    return m_directory + "/" + std::string(key);
}

Result<std::unique_ptr<RangeReader>> FileSource::open_range(std::string_view key, std::uint64_t offset,
                                                            std::uint64_t /*bytes*/,
                                                            std::stop_token /*stop*/) {
    BALLAST_TRY(std::string path, path_of(key));
    Fd fd(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
    if (!fd) return store_error(errno, path, "cannot open");
    return std::make_unique<FileRange>(std::move(fd), offset, std::move(path));
}

}  // namespace ballast
