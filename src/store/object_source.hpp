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

#include "base/result.hpp"

namespace ballast {

// Some bytes of one object, in order.
class RangeReader {
  public:
    RangeReader() = default;
    RangeReader(const RangeReader&) = delete;
    RangeReader& operator=(const RangeReader&) = delete;
    virtual ~RangeReader() = default;

    // Fills `out` with the range's next bytes. Blocks. REQUIRES: no more than the range still has.
    // Errors: as ObjectSource::open_range; nothing can be read after one.
    virtual Result<void> read(std::span<std::byte> out) = 0;
};

// What a store did for its user so far, attempts that failed included.
struct StoreActivity {
    std::uint64_t requests = 0;
    std::uint64_t retries = 0;         // requests made again after a failure
    std::uint64_t received_bytes = 0;  // of objects, however often
};

struct SourceOptions {
    // No call goes on past it; errors say so.
    std::chrono::steady_clock::time_point deadline = std::chrono::steady_clock::time_point::max();
    // Told, once and from any thread, why the store has not given a byte yet, while it is asked again:
    // a process that may be killed before it gives up can say what it waited for.
    std::function<void(const Error& trouble)> on_trouble = {};
};

// The reading half of a store, which is all that a start needs. Keys are '/'-separated clean relative paths
// (base/relative_path.hpp); objects are immutable. All calls block and are thread-safe; all may be repeated.
// Errors name the object as the store's user would look for it.
class ObjectSource {
  public:
    ObjectSource() = default;
    ObjectSource(const ObjectSource&) = delete;
    ObjectSource& operator=(const ObjectSource&) = delete;
    virtual ~ObjectSource() = default;

    // As the user named it, without credentials.
    virtual const std::string& url() const = 0;

    // How many open ranges at once make it fastest; 0 when the caller's own thread is best
    // (a local file system: another thread would only copy what the page cache has).
    virtual unsigned fetch_concurrency() const = 0;

    // Until when the server asked for patience; long ago where it did not. More requests before that
    // only add to its load.
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

    virtual StoreActivity activity() const { return {}; }
};

// Errors: usage when `key` is none.
Result<void> check_key(std::string_view key);

}  // namespace ballast
