#pragma once

#include <span>
#include <string_view>

#include "store/s3/s3_client.hpp"
#include "store/store.hpp"

namespace ballast {

// Sends an object in parts, several at once; it appears whole or not at all. An upload of the same key that
// was broken off (a kill, a lost machine) is taken up: parts that the server has with the right MD5 are not
// sent again. Since a key that is large enough for parts always names its own digest, two uploads of one key
// are of the same bytes, and may even share their parts. After an error the upload is aborted.
Result<PutOutcome> multipart_put(S3Client& client, std::string_view key, std::span<const std::byte> bytes,
                                 const Store::Sent& sent);

// Aborts the uploads below the store's prefix that were begun before `before`, which nobody took up. How
// many.
Result<std::uint64_t> abort_uploads(S3Client& client, StoreTime before);

}  // namespace ballast
