#pragma once

#include <string>

#include "base/result.hpp"

namespace ballast {

// A store's URL, taken apart as far as every kind of store is: "s3://bucket/prefix?…"
// (store/s3/location.hpp), "file:///dir" or a plain path.
struct StoreUrl {
    enum class Kind : std::uint8_t { directory, s3 };
    Kind kind = Kind::directory;
    std::string directory = {};  // where it is one
};

// Errors: usage, also for a path at which something else than a directory is.
Result<StoreUrl> parse_store_url(const std::string& url);

}  // namespace ballast
