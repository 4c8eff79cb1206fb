#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"

namespace ballast {

using StoreTime = std::chrono::sys_seconds;

struct ObjectInfo {
    std::string key;
    std::uint64_t bytes = 0;
    StoreTime modified;  // by the store's clock, which is that of all its objects
};

enum class PutOutcome : std::uint8_t { stored, already_there };

// Some bytes of one object, in order.
class RangeReader {
  public:
    RangeReader() = default;
    RangeReader(const RangeReader&) = delete;
    RangeReader& operator=(const RangeReader&) = delete;
    virtual ~RangeReader() = default;

    // Fills `out` with the range's next bytes. Blocks. REQUIRES: no more than the range still has.
    // Errors: as Store::open_range; nothing can be read after one.
    virtual Result<void> read(std::span<std::byte> out) = 0;
};

// What a store did for its user so far, attempts that failed included.
struct StoreActivity {
    std::uint64_t requests = 0;
    std::uint64_t retries = 0;         // requests made again after a failure
    std::uint64_t received_bytes = 0;  // of objects, however often
};

struct StoreOptions {
    // No call goes on past it; errors say so.
    std::chrono::steady_clock::time_point deadline = std::chrono::steady_clock::time_point::max();
    // Whether a directory that is no store yet may become one: a name that was misspelled would look like
    // an empty store to those who only read. (A bucket must exist in any case.)
    enum class NewStore : std::uint8_t { allowed, refused };
    NewStore new_store = NewStore::allowed;
    // Told, once and from any thread, why the store has not given a byte yet, while it is asked again:
    // whoever may be killed before it gives up can say what it waited for.
    std::function<void(const Error& trouble)> on_trouble = {};
};

// Where manifests, packs and versions live. Keys are '/'-separated clean relative paths
// (base/relative_path.hpp); objects are immutable. Every implementation passes the one suite in
// tests/contract. All calls block and are thread-safe; all may be repeated. Errors name the object
// as the store's user would look for it.
class Store {
  public:
    Store() = default;
    Store(const Store&) = delete;
    Store& operator=(const Store&) = delete;
    virtual ~Store() = default;

    // As the user named it, without credentials.
    virtual const std::string& url() const = 0;

    // How many open ranges at once make it fastest; 0 when the caller's own thread is best
    // (a local file system: another thread would only copy what the page cache has).
    virtual unsigned fetch_concurrency() const = 0;

    // Until when the server asked for patience; long ago where it did not. Who asks it for more before that
    // only adds to its load.
    virtual std::chrono::steady_clock::time_point busy_until() const { return {}; }

    // Reads `bytes` bytes at `offset` of the object, piece by piece. `stop` gives up a read that
    // blocks: it then fails with code interrupted.
    // Errors, here or from the reader: not_found, permission, unavailable (the store tried again as
    // often as it was worth), corrupt (the object is shorter), interrupted.
    virtual Result<std::unique_ptr<RangeReader>> open_range(std::string_view key, std::uint64_t offset,
                                                            std::uint64_t bytes,
                                                            std::stop_token stop = {}) = 0;

    // The same at once.
    Result<void> get_range(std::string_view key, std::uint64_t offset, std::span<std::byte> out);

    // Makes the object with all of `bytes`, or leaves the one that is there: never a part, never a
    // change. `sent` is told of the bytes as they leave, once each, one call at a time.
    // Errors: permission, unavailable, no_space.
    using Sent = std::function<void(std::uint64_t bytes)>;
    virtual Result<PutOutcome> put_if_absent(std::string_view key, std::span<const std::byte> bytes,
                                             const Sent& sent = {}) = 0;

    // Errors: not_found, permission, unavailable.
    virtual Result<ObjectInfo> head(std::string_view key) = 0;

    // All objects whose keys start with `prefix`, sorted by key. None is an empty list.
    virtual Result<std::vector<ObjectInfo>> list(std::string_view prefix) = 0;

    // Removes the object; one that is absent is fine.
    virtual Result<void> remove(std::string_view key) = 0;

    // Removes what puts that were killed left behind, begun before `before` by the store's clock: parts of
    // uploads, temporary files. Nothing of it was ever an object. How many.
    virtual Result<std::uint64_t> remove_unfinished(StoreTime /*before*/) { return 0; }

    virtual StoreActivity activity() const { return {}; }
};

// Errors: usage when `key` is none.
Result<void> check_key(std::string_view key);

// Reads an object of at most `max_bytes` whole. Errors: as head and get_range; corrupt when larger.
Result<std::string> read_object(Store& store, std::string_view key, std::uint64_t max_bytes);

// Whether the object exists. Errors: permission, unavailable.
Result<bool> object_exists(Store& store, std::string_view key);

// The store behind a URL: "s3://bucket/prefix?…" (store/s3/location.hpp), "file:///dir" or a plain path.
// Asks nothing of it yet. Errors: usage.
Result<std::unique_ptr<Store>> open_store(const std::string& url, const StoreOptions& options = {});

}  // namespace ballast
