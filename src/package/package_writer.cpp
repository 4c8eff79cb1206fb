#include "package/package_writer.hpp"

#include <sys/stat.h>

#include <algorithm>
#include <cerrno>

#include "base/file.hpp"
#include "base/relative_path.hpp"
#include "package/directory_writer.hpp"
#include "package/writing.hpp"
#include "package/zip/zip_writer.hpp"

namespace ballast {
namespace {

class SpanReader final : public FileReader {
  public:
    explicit SpanReader(std::span<const std::byte> bytes) : m_left(bytes) {}

    Result<std::size_t> read(std::span<std::byte> out) override {
        const auto taken = m_left.first(std::min(out.size(), m_left.size()));
        std::copy(taken.begin(), taken.end(), out.begin());
        m_left = m_left.subspan(taken.size());
        return taken.size();
    }

  private:
    std::span<const std::byte> m_left;
};

}  // namespace

Result<void> PackageWriter::copy(const Package& package, std::size_t index) {
    const Entry& entry = package.entries()[index];
    switch (entry.kind) {
        case EntryKind::directory:
            return add_directory(entry);
        case EntryKind::symlink:
            return add_symlink(entry);
        case EntryKind::file:
            break;
    }
    BALLAST_TRY(const auto reader, package.open(index));
    return add_file(entry, *reader);
}

Result<void> PackageWriter::add_bytes(const std::string& path, std::uint16_t mode,
                                      std::span<const std::byte> bytes) {
    SpanReader reader(bytes);
    return add_file({.path = path, .mode = mode, .size = bytes.size()}, reader);
}

Result<std::unique_ptr<PackageWriter>> create_package(const std::string& path, Replace existing) {
    std::string clean = path;
    while (clean.size() > 1 && clean.ends_with('/')) clean.pop_back();
    const auto name = file_name(clean);
    if (name.empty() || name == "." || name == "..") {
        return fail(ErrorCode::usage, path, "is not a name that a package can have",
                    "name the new directory or .zip itself");
    }
    const std::string parent = containing_directory(clean);
    struct stat info = {};
    if (::stat(parent.c_str(), &info) != 0) {
        auto error = fail_errno(errno, clean, "cannot create it in " + parent);
        error.value().hint = "create that directory first";
        return error;
    }
    BALLAST_CHECK(check_replaceable(clean, existing));
    if (is_zip_name(clean)) return create_zip_writer(clean, existing);
    return create_directory_writer(clean, existing);
}

}  // namespace ballast
