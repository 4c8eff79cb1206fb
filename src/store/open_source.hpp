#pragma once

#include <memory>
#include <string>

#include "store/object_source.hpp"

namespace ballast {

// The reading half of the store behind a URL (store/store_url.hpp). Asks nothing of it yet. Nothing that can
// write is linked for it, so that the start-up program has none of that. Errors: usage.
Result<std::unique_ptr<ObjectSource>> open_source(const std::string& url, const SourceOptions& options = {});

}  // namespace ballast
