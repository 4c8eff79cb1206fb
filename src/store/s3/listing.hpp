#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "store/store.hpp"

namespace ballast {

// One answer to ListObjectsV2 with encoding-type=url.
struct ListingPage {
    std::vector<ObjectInfo> objects;
    std::string next;  // the token of the next page; "" on the last
};

// Keys come without `prefix`, which is the store's own; those that no store of ours could have made are
// passed over. Errors: corrupt for broken XML, usage for an answer to something else; both name
// `name_in_errors`.
Result<ListingPage> parse_listing(std::string_view xml, std::string_view name_in_errors,
                                  std::string_view prefix);

}  // namespace ballast
