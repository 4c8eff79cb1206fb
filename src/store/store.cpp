#include "store/store.hpp"

#include <fmt/format.h>
#include <sys/stat.h>

#include <cerrno>
#include <filesystem>

#include "base/relative_path.hpp"
#include "format/keys.hpp"
#include "store/file_store.hpp"
#include "store/s3/s3_store.hpp"

namespace ballast {

Result<void> Store::get_range(std::string_view key, std::uint64_t offset, std::span<std::byte> out) {
    BALLAST_TRY(const auto range, open_range(key, offset, out.size()));
    return range->read(out);
}

Result<void> check_key(std::string_view key) {
    if (const auto fault = relative_path_fault(key); !fault.empty())
        return fail(ErrorCode::usage, printable(key), std::string("not a key: ") + std::string(fault));
    return {};
}

Result<std::string> read_object(Store& store, std::string_view key, std::uint64_t max_bytes) {
    BALLAST_TRY(const ObjectInfo info, store.head(key));
    if (info.bytes > max_bytes) {
        return fail(ErrorCode::corrupt, fmt::format("{}: {}", store.url(), key),
                    fmt::format("has {} bytes, more than the {} that such an object may have", info.bytes,
                                max_bytes));
    }
    std::string bytes(info.bytes, '\0');
    if (!bytes.empty()) BALLAST_CHECK(store.get_range(key, 0, std::as_writable_bytes(std::span(bytes))));
    return bytes;
}

Result<bool> object_exists(Store& store, std::string_view key) {
    const auto info = store.head(key);
    if (info) return true;
    if (info.error().code == ErrorCode::not_found) return false;
    return tl::unexpected<Error>(info.error());
}

namespace {

// Whether anything in the directory was made by Ballast, or nothing is in it at all.
bool may_be_store(const std::string& directory) {
    std::error_code error;
    bool is_empty = true;
    for (std::filesystem::directory_iterator at(directory, error), end; !error && at != end;
         at.increment(error)) {
        const std::string name = at->path().filename().string() + "/";
        is_empty = false;
        if (name == k_packs_prefix || name == k_manifests_prefix || name == k_versions_prefix ||
            name == k_leases_prefix || name == k_marks_prefix)
            return true;
    }
    return is_empty || error;
}

Result<std::unique_ptr<Store>> open_file_store(std::string directory, const std::string& url,
                                               const StoreOptions& options) {
    struct stat info = {};
    const bool exists = ::stat(directory.c_str(), &info) == 0;
    if (exists && !S_ISDIR(info.st_mode))
        return fail(ErrorCode::usage, url, "is not a directory", "name the directory that holds the store");
    if (options.new_store == StoreOptions::NewStore::refused) {
        if (!exists && errno == ENOENT)
            return fail(ErrorCode::not_found, url, "there is no such store",
                        "check --store, BALLAST_STORE or 'store' in ballast.toml; 'ballast push' makes one");
        if (exists && !may_be_store(directory))
            return fail(ErrorCode::usage, url,
                        "is not a Ballast store: it contains files other than packs and versions",
                        "name the directory that packs were pushed to");
    }
    return std::make_unique<FileStore>(std::move(directory), url);
}

}  // namespace

Result<std::unique_ptr<Store>> open_store(const std::string& url, const StoreOptions& options) {
    constexpr std::string_view k_file_scheme = "file://";
    if (url.empty()) {
        return fail(ErrorCode::usage, "store", "no store was given",
                    "name one with --store, BALLAST_STORE or 'store' in ballast.toml");
    }
    if (url.starts_with(k_file_scheme)) {
        std::string path = url.substr(k_file_scheme.size());
        if (!path.starts_with('/')) {
            return fail(ErrorCode::usage, url, "a file: store needs an absolute path",
                        "write three slashes: file:///var/lib/ballast");
        }
        return open_file_store(std::move(path), url, options);
    }
    if (url.starts_with("s3://")) {
        BALLAST_TRY(auto client, S3Client::open(url, options));
        return std::make_unique<S3Store>(std::move(client));
    }
    const auto colon = url.find(':');
    const bool has_scheme = colon != std::string::npos && colon > 1 && url.find('/') > colon;
    if (has_scheme) {
        return fail(ErrorCode::usage, url,
                    fmt::format("stores of kind '{}' are not known", url.substr(0, colon)),
                    "use s3://bucket/prefix, file:///dir or a plain path");
    }
    return open_file_store(url, url, options);
}

}  // namespace ballast
