#include <fcntl.h>
#include <sys/stat.h>

#include <fmt/format.h>

#include <array>
#include <cerrno>

#include "base/file.hpp"
#include "base/relative_path.hpp"
#include "package/directory_package.hpp"
#include "package/package.hpp"
#include "package/zip_package.hpp"

namespace ballast {
namespace {

tl::unexpected<Error> fail_no_package(const std::string& path) {
    return fail(ErrorCode::usage, path, "is neither a directory nor a zip",
                "name the directory or the .zip that the function is deployed as");
}

}  // namespace

Result<std::unique_ptr<Package>> open_package(const std::string& path, const PackageLimits& limits) {
    // O_NONBLOCK: opening a FIFO would wait for a writer.
    Fd fd(::open(path.c_str(), O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC));
    if (!fd && errno == ENXIO) return fail_no_package(path);  // a socket
    if (!fd) return fail_errno(errno, path, "cannot open");
    struct stat info = {};
    if (::fstat(fd.value(), &info) != 0) return fail_errno(errno, path, "cannot stat");
    if (S_ISDIR(info.st_mode)) return open_directory_package(std::move(fd), path);
    std::array<std::byte, 2> start = {};
    if (S_ISREG(info.st_mode) && info.st_size >= static_cast<off_t>(start.size())) {
        BALLAST_CHECK(pread_exact(fd, start, 0, path));
        if (start == std::array{std::byte{'P'}, std::byte{'K'}}) {
            return open_zip_package(std::move(fd), path, limits);
        }
    }
    return fail_no_package(path);
}

Result<std::string> read_entry(const Package& package, std::size_t index, std::uint64_t max_bytes) {
    const Entry& entry = package.entries()[index];
    const std::string shown = package.name() + ": " + printable(entry.path);
    if (entry.size > max_bytes) {
        return fail(
            ErrorCode::corrupt, shown,
            fmt::format("has {} bytes, more than the {} that such a file may have", entry.size, max_bytes));
    }
    BALLAST_TRY(const auto reader, package.open(index));
    std::string text(static_cast<std::size_t>(entry.size), '\0');
    BALLAST_TRY(const std::size_t count, reader->read(std::as_writable_bytes(std::span(text))));
    if (count != text.size()) {
        return fail(ErrorCode::corrupt, shown, fmt::format("ends after {} of {} bytes", count, text.size()));
    }
    return text;
}

}  // namespace ballast
