#pragma once

#include <chrono>
#include <vector>

#include "store/object_source.hpp"

namespace ballast {

using StoreTime = std::chrono::sys_seconds;

struct ObjectInfo {
    std::string key;
    std::uint64_t bytes = 0;
    StoreTime modified;  // by the store's clock, which is that of all its objects
};

enum class PutOutcome : std::uint8_t { stored, already_there };

// Where manifests, packs and versions live: what an ObjectSource reads, and the calls that change it. Every
// implementation passes the one suite in tests/unit/store_contract_test.cpp. The base is virtual so that an
// implementation can be made of a source of its own kind. A push works on as many objects at once as
// fetch_concurrency() says, on one where that is 0. Errors of every call: permission, unavailable,
// interrupted, and those that it names.
class Store : public virtual ObjectSource {
  public:
    // Makes the object with all of `bytes`, or leaves the one that is there: never a part, never a
    // change. `sent` is told of the bytes as they leave, once each, one call at a time.
    // Errors: no_space.
    using Sent = std::function<void(std::uint64_t bytes)>;
    virtual Result<PutOutcome> put_if_absent(std::string_view key, std::span<const std::byte> bytes,
                                             const Sent& sent = {}) = 0;

    // Errors: not_found.
    virtual Result<ObjectInfo> head(std::string_view key) = 0;

    // All objects whose keys start with `prefix`, sorted by key. None is an empty list.
    virtual Result<std::vector<ObjectInfo>> list(std::string_view prefix) = 0;

    // Removes the object; one that is absent is fine.
    virtual Result<void> remove(std::string_view key) = 0;

    // Removes what puts that were killed left behind, begun before `before` by the store's clock: parts of
    // uploads, temporary files. Nothing of it was ever an object. How many.
    virtual Result<std::uint64_t> remove_unfinished(StoreTime /*before*/) { return 0; }
};

// Reads an object of at most `max_bytes` whole. Errors: as head and get_range; corrupt when larger.
Result<std::string> read_object(Store& store, std::string_view key, std::uint64_t max_bytes);

// Whether the object exists. Errors: permission, unavailable.
Result<bool> object_exists(Store& store, std::string_view key);

}  // namespace ballast
