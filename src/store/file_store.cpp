#include "store/file_store.hpp"

#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <filesystem>

#include "base/file.hpp"
#include "base/interrupt.hpp"
#include "base/relative_path.hpp"

namespace ballast {
namespace {

constexpr std::size_t k_write_bytes = 4U << 20U;

StoreTime modified(const struct stat& info) {
    return StoreTime(std::chrono::seconds(info.st_mtim.tv_sec));
}

}  // namespace

Result<PutOutcome> FileStore::put_if_absent(std::string_view key, std::span<const std::byte> bytes,
                                            const Sent& sent) {
    BALLAST_TRY(const std::string path, path_of(key));
    struct stat info = {};
    if (::stat(path.c_str(), &info) == 0) return PutOutcome::already_there;
    BALLAST_CHECK(make_directories(path.substr(0, path.find_last_of('/'))));
    BALLAST_TRY(AtomicFile file, AtomicFile::create(path));
    while (!bytes.empty()) {
        BALLAST_CHECK(check_interrupt(path));
        const auto part = bytes.first(std::min(bytes.size(), k_write_bytes));
        BALLAST_CHECK(file.write(part));
        if (sent) sent(part.size());
        bytes = bytes.subspan(part.size());
    }
    BALLAST_TRY(const bool stored, file.commit(AtomicFile::Existing::keep));
    return stored ? PutOutcome::stored : PutOutcome::already_there;
}

Result<ObjectInfo> FileStore::head(std::string_view key) {
    BALLAST_TRY(const std::string path, path_of(key));
    struct stat info = {};
    if (::stat(path.c_str(), &info) != 0) {
        return store_error(errno == ENOTDIR ? ENOENT : errno, path, "cannot stat");
    }
    if (!S_ISREG(info.st_mode)) return fail(ErrorCode::not_found, path, "not an object");
    return ObjectInfo{std::string(key), static_cast<std::uint64_t>(info.st_size), modified(info)};
}

Result<std::vector<ObjectInfo>> FileStore::list(std::string_view prefix) {
    // Walks the directory that the prefix lies in, so that listing one family's versions does not
    // read the packs.
    const std::string parent(parent_path(prefix));
    const std::string start = parent.empty() ? directory() : directory() + "/" + parent;
    std::vector<ObjectInfo> objects;
    std::error_code error;
    std::filesystem::recursive_directory_iterator at(start, error);
    if (error == std::errc::no_such_file_or_directory || error == std::errc::not_a_directory) return objects;
    for (; !error && at != std::filesystem::recursive_directory_iterator(); at.increment(error)) {
        std::string key = at->path().string().substr(directory().size() + 1);
        const bool temporary = key.find('~') != std::string::npos;  // see AtomicFile
        if (temporary || !key.starts_with(prefix)) continue;
        struct stat info = {};
        if (::lstat(at->path().c_str(), &info) != 0 || !S_ISREG(info.st_mode)) continue;
        objects.push_back({std::move(key), static_cast<std::uint64_t>(info.st_size), modified(info)});
    }
    if (error) return store_error(error.value(), start, "cannot list");
    std::sort(objects.begin(), objects.end(), [](const auto& a, const auto& b) { return a.key < b.key; });
    return objects;
}

Result<void> FileStore::remove(std::string_view key) {
    BALLAST_TRY(const std::string path, path_of(key));
    if (::unlink(path.c_str()) != 0 && errno != ENOENT) return store_error(errno, path, "cannot remove");
    return {};
}

Result<std::uint64_t> FileStore::remove_unfinished(StoreTime before) {
    std::uint64_t removed = 0;
    std::error_code error;
    std::filesystem::recursive_directory_iterator at(directory(), error);
    if (error == std::errc::no_such_file_or_directory) return removed;
    for (; !error && at != std::filesystem::recursive_directory_iterator(); at.increment(error)) {
        if (at->path().filename().string().find('~') == std::string::npos) continue;  // see AtomicFile
        struct stat info = {};
        const bool is_old =
            ::lstat(at->path().c_str(), &info) == 0 && S_ISREG(info.st_mode) && modified(info) < before;
        if (is_old && ::unlink(at->path().c_str()) == 0) ++removed;
    }
    if (error) return store_error(error.value(), directory(), "cannot list");
    return removed;
}

}  // namespace ballast
