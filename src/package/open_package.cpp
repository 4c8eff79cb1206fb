#include "package/open_package.hpp"

#include <fcntl.h>
#include <sys/stat.h>

#include <algorithm>
#include <array>
#include <cerrno>

#include "base/file.hpp"
#include "base/relative_path.hpp"
#include "package/directory_package.hpp"
#include "package/image/image_package.hpp"
#include "package/zip/zip_package.hpp"

namespace ballast {
namespace {

tl::unexpected<Error> fail_no_package(const std::string& path, Images images) {
    if (images == Images::taken) {
        return fail(
            ErrorCode::usage, path, "is neither a directory nor a zip nor a container image's archive",
            "name what the function is deployed as: a directory, a .zip, or what 'docker save' wrote");
    }
    return fail(ErrorCode::usage, path, "is neither a directory nor a zip",
                "name the directory or the .zip that the function is deployed as");
}

}  // namespace

Result<std::unique_ptr<Package>> open_package(const std::string& path, const PackageLimits& limits,
                                              Images images) {
    // O_NONBLOCK: opening a FIFO would wait for a writer.
    Fd fd(::open(path.c_str(), O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC));
    if (!fd && errno == ENXIO) return fail_no_package(path, images);  // a socket
    if (!fd) return fail_errno(errno, path, "cannot open");
    struct stat info = {};
    if (::fstat(fd.value(), &info) != 0) return fail_errno(errno, path, "cannot stat");
    if (S_ISDIR(info.st_mode)) return open_directory_package(std::move(fd), path);
    if (!S_ISREG(info.st_mode)) return fail_no_package(path, images);
    std::array<std::byte, k_image_start_bytes> buffer = {};
    const auto start =
        std::span(buffer).first(static_cast<std::size_t>(std::min<off_t>(info.st_size, k_image_start_bytes)));
    BALLAST_CHECK(pread_exact(fd, start, 0, path));
    if (start.size() >= 2 && start[0] == std::byte{'P'} && start[1] == std::byte{'K'})
        return open_zip_package(std::move(fd), path, limits);
    if (images == Images::taken && is_image_start(start))
        return open_image_package(std::move(fd), path, limits);
    return fail_no_package(path, images);
}

}  // namespace ballast
