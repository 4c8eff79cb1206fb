#include "store/open_store.hpp"

#include <filesystem>

#include "format/keys.hpp"
#include "store/file_store.hpp"
#include "store/s3/s3_store.hpp"
#include "store/store_url.hpp"

namespace ballast {
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

Result<void> check_is_store(const std::string& directory, const std::string& url) {
    std::error_code error;
    if (std::filesystem::status(directory, error).type() == std::filesystem::file_type::not_found)
        return fail(ErrorCode::not_found, url, "there is no such store",
                    "check --store, BALLAST_STORE or 'store' in ballast.toml; 'ballast push' makes one");
    if (!may_be_store(directory))
        return fail(ErrorCode::usage, url,
                    "is not a Ballast store: it contains files other than packs and versions",
                    "name the directory that packs were pushed to");
    return {};
}

}  // namespace

Result<std::unique_ptr<Store>> open_store(const std::string& url, NewStore new_store) {
    BALLAST_TRY(StoreUrl parsed, parse_store_url(url));
    if (parsed.kind == StoreUrl::Kind::directory) {
        if (new_store == NewStore::refused) BALLAST_CHECK(check_is_store(parsed.directory, url));
        return std::make_unique<FileStore>(std::move(parsed.directory), url);
    }
    BALLAST_TRY(auto client, S3Client::open(url));
    return std::make_unique<S3Store>(std::move(client));
}

}  // namespace ballast
