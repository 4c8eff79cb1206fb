#include <fcntl.h>
#include <sys/stat.h>

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cerrno>

#include "base/file.hpp"
#include "base/relative_path.hpp"
#include "package/directory_package.hpp"
#include "package/image/image_package.hpp"
#include "package/package.hpp"
#include "package/zip/zip_package.hpp"

namespace ballast {
namespace {

enum class Images : std::uint8_t { refused, taken };

tl::unexpected<Error> fail_no_package(const std::string& path, Images images) {
    if (images == Images::taken) {
        return fail(
            ErrorCode::usage, path, "is neither a directory nor a zip nor a container image's archive",
            "name what the function is deployed as: a directory, a .zip, or what 'docker save' wrote");
    }
    return fail(ErrorCode::usage, path, "is neither a directory nor a zip",
                "name the directory or the .zip that the function is deployed as");
}

Result<Openable> open_any(const std::string& path, const PackageLimits& limits, Images images) {
    // O_NONBLOCK: opening a FIFO would wait for a writer.
    Fd fd(::open(path.c_str(), O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC));
    if (!fd && errno == ENXIO) return fail_no_package(path, images);  // a socket
    if (!fd) return fail_errno(errno, path, "cannot open");
    struct stat info = {};
    if (::fstat(fd.value(), &info) != 0) return fail_errno(errno, path, "cannot stat");
    Openable opened;
    if (S_ISDIR(info.st_mode)) {
        BALLAST_TRY(opened.package, open_directory_package(std::move(fd), path));
        return opened;
    }
    if (!S_ISREG(info.st_mode)) return fail_no_package(path, images);
    std::array<std::byte, k_image_start_bytes> buffer = {};
    const auto start =
        std::span(buffer).first(static_cast<std::size_t>(std::min<off_t>(info.st_size, k_image_start_bytes)));
    BALLAST_CHECK(pread_exact(fd, start, 0, path));
    if (start.size() >= 2 && start[0] == std::byte{'P'} && start[1] == std::byte{'K'}) {
        BALLAST_TRY(opened.package, open_zip_package(std::move(fd), path, limits));
    } else if (images == Images::taken && is_image_start(start)) {
        BALLAST_TRY(auto image, open_image_package(std::move(fd), path, limits));
        opened.image = &image->facts();
        opened.package = std::move(image);
    } else {
        return fail_no_package(path, images);
    }
    return opened;
}

}  // namespace

Result<std::unique_ptr<Package>> open_package(const std::string& path, const PackageLimits& limits) {
    BALLAST_TRY(Openable opened, open_any(path, limits, Images::refused));
    return std::move(opened.package);
}

Result<Openable> open_package_or_image(const std::string& path, const PackageLimits& limits) {
    return open_any(path, limits, Images::taken);
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
