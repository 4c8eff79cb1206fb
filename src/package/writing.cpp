#include "package/writing.hpp"

#include <dirent.h>
#include <fmt/format.h>
#include <sys/stat.h>

#include <algorithm>
#include <cerrno>
#include <memory>
#include <string_view>

#include "base/interrupt.hpp"
#include "base/relative_path.hpp"
#include "base/size.hpp"
#include "format/lock.hpp"
#include "package/open_package.hpp"
#include "package/package.hpp"
#include "package/read_entry.hpp"

namespace ballast {
namespace {

constexpr std::size_t k_copy_bytes = 256 * k_kib;

Result<bool> is_empty_directory(const std::string& path) {
    const std::unique_ptr<DIR, int (*)(DIR*)> stream(::opendir(path.c_str()), &::closedir);
    if (!stream) return fail_errno(errno, path, "cannot list the directory");
    while (const dirent* entry = ::readdir(stream.get())) {
        const std::string_view name(entry->d_name);
        if (name != "." && name != "..") return false;
    }
    return true;
}

// What tells our own from anything else. What nothing may replace is looked at as a slim package.
struct Mark {
    const char* what;
    std::string path;
};

Mark mark_of(Replace existing) {
    if (existing == Replace::layer) return {"layer", "bin/" + std::string(k_run_file)};
    return {"slim package", std::string(k_lock_file)};
}

bool directory_has(const std::string& path, const std::string& file) {
    struct stat info = {};
    return ::lstat((path + "/" + file).c_str(), &info) == 0 && S_ISREG(info.st_mode);
}

bool zip_has(const std::string& path, const std::string& file) {
    const auto package = open_package(path);
    return package && find_file(**package, file);
}

tl::unexpected<Error> refuse(const std::string& path, std::string_view message) {
    return fail(ErrorCode::usage, path, message, "name a place where nothing is yet, or remove it first");
}

}  // namespace

bool is_zip_name(const std::string& path) {
    return path.ends_with(".zip");
}

Result<void> check_replaceable(const std::string& path, Replace existing) {
    struct stat info = {};
    if (::lstat(path.c_str(), &info) != 0) {
        if (errno == ENOENT) return {};
        return fail_errno(errno, path, "cannot stat");
    }
    const bool as_zip = is_zip_name(path);
    if (as_zip ? !S_ISREG(info.st_mode) : !S_ISDIR(info.st_mode)) {
        return refuse(path, as_zip ? "exists and is not a file" : "exists and is not a directory");
    }
    if (as_zip && info.st_size == 0) return {};
    if (!as_zip) {
        BALLAST_TRY(const bool is_empty, is_empty_directory(path));
        if (is_empty) return {};
    }
    const Mark mark = mark_of(existing);
    if (!(as_zip ? zip_has(path, mark.path) : directory_has(path, mark.path))) {
        return refuse(path, fmt::format("{} a {}, which alone would be replaced",
                                        as_zip ? "exists and is not" : "is not empty and not", mark.what));
    }
    if (existing == Replace::nothing) return refuse(path, "exists already");
    return {};
}

Result<void> check_entry_path(const std::string& path) {
    if (const auto fault = relative_path_fault(path); !fault.empty()) {
        return fail(ErrorCode::corrupt, printable(path), fault);
    }
    return {};
}

Result<void> copy_file(FileReader& reader, const Entry& entry,
                       const std::function<Result<void>(std::span<const std::byte>)>& write,
                       const std::string& shown) {
    // One byte more than the file has shows in the first read whether a small one is longer.
    const auto buffer_bytes = static_cast<std::size_t>(std::min<std::uint64_t>(entry.size + 1, k_copy_bytes));
    const auto buffer = std::make_unique_for_overwrite<std::byte[]>(buffer_bytes);
    std::uint64_t copied = 0;
    for (;;) {
        BALLAST_CHECK(check_interrupt(shown));
        BALLAST_TRY(const std::size_t count, reader.read({buffer.get(), buffer_bytes}));
        if (count > entry.size - copied) break;
        if (count > 0) BALLAST_CHECK(write({buffer.get(), count}));
        copied += count;
        if (count < buffer_bytes && copied == entry.size) return {};
        if (count == 0) break;
    }
    return fail(ErrorCode::corrupt, shown,
                fmt::format("does not have the {} bytes that were listed", entry.size));
}

}  // namespace ballast
