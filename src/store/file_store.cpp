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

// Calls `visit` for each file below a directory, which may be absent.
template <typename Visit>
Result<void> each_file(const std::string& directory, Visit visit) {
    std::error_code error;
    std::filesystem::recursive_directory_iterator at(directory, error);
    if (error == std::errc::no_such_file_or_directory || error == std::errc::not_a_directory) return {};
    for (; !error && at != std::filesystem::recursive_directory_iterator(); at.increment(error)) {
        struct stat info = {};
        const std::string path = at->path().string();
        if (::lstat(path.c_str(), &info) == 0 && S_ISREG(info.st_mode)) visit(path, info);
    }
    if (error) return store_error(error.value(), directory, "cannot list");
    return {};
}

bool is_temporary(std::string_view path) {
    return file_name(path).find('~') != std::string_view::npos;  // see AtomicFile
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
    BALLAST_CHECK(each_file(start, [&](const std::string& path, const struct stat& info) {
        std::string key = path.substr(directory().size() + 1);
        if (key.starts_with(prefix) && key.find('~') == std::string::npos)  // see AtomicFile
            objects.push_back({std::move(key), static_cast<std::uint64_t>(info.st_size), modified(info)});
    }));
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
    BALLAST_CHECK(each_file(directory(), [&](const std::string& path, const struct stat& info) {
        if (is_temporary(path) && modified(info) < before && ::unlink(path.c_str()) == 0) ++removed;
    }));
    return removed;
}

}  // namespace ballast
