#include "store/store.hpp"

#include <fmt/format.h>

namespace ballast {

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
    BALLAST_TRY(const auto info, if_present(store.head(key)));
    return info.has_value();
}

}  // namespace ballast
