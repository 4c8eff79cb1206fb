#pragma once

#include <memory>
#include <string>

#include "store/store.hpp"

namespace ballast {

// Whether a directory that is not a store yet may become one. A name that was misspelled would look like an
// empty store to a command that only reads. (A bucket must exist in any case.)
enum class NewStore : std::uint8_t { allowed, refused };

// The store behind a URL (store/store_url.hpp). Asks nothing of it yet.
// Errors: usage; not_found for a directory that is absent where none may be made.
Result<std::unique_ptr<Store>> open_store(const std::string& url, NewStore new_store = NewStore::allowed);

}  // namespace ballast
