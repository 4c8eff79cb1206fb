#include "store/open_source.hpp"

#include "store/file_source.hpp"
#include "store/s3/s3_source.hpp"
#include "store/store_url.hpp"

namespace ballast {

Result<std::unique_ptr<ObjectSource>> open_source(const std::string& url, const SourceOptions& options) {
    BALLAST_TRY(StoreUrl parsed, parse_store_url(url));
    if (parsed.kind == StoreUrl::Kind::directory)
        return std::make_unique<FileSource>(std::move(parsed.directory), url);
    BALLAST_TRY(auto client, S3Client::open(url, options));
    return std::make_unique<S3Source>(std::move(client));
}

}  // namespace ballast
