#include "store/store_url.hpp"

#include <fmt/format.h>
#include <sys/stat.h>

namespace ballast {

Result<StoreUrl> parse_store_url(const std::string& url) {
    constexpr std::string_view k_file_scheme = "file://";
    if (url.empty()) {
        return fail(ErrorCode::usage, "store", "no store was given",
                    "name one with --store, BALLAST_STORE or 'store' in ballast.toml");
    }
    if (url.starts_with("s3://")) return StoreUrl{StoreUrl::Kind::s3};
    std::string path = url;
    if (url.starts_with(k_file_scheme)) {
        path = url.substr(k_file_scheme.size());
        if (!path.starts_with('/')) {
            return fail(ErrorCode::usage, url, "a file: store needs an absolute path",
                        "write three slashes: file:///var/lib/ballast");
        }
    } else if (const auto colon = url.find(':');
               colon != std::string::npos && colon > 1 && url.find('/') > colon) {
        return fail(ErrorCode::usage, url,
                    fmt::format("stores of kind '{}' are not known", url.substr(0, colon)),
                    "use s3://bucket/prefix, file:///dir or a plain path");
    }
    struct stat info = {};
    if (::stat(path.c_str(), &info) == 0 && !S_ISDIR(info.st_mode))
        return fail(ErrorCode::usage, url, "is not a directory", "name the directory that holds the store");
    return StoreUrl{StoreUrl::Kind::directory, std::move(path)};
}

}  // namespace ballast
