#pragma once

#include <map>
#include <mutex>
#include <string>
#include <vector>

#include "store/store.hpp"

namespace ballast {

// A store in this process's memory, for tests and for trying a plan out. Notes every call, so that
// tests can assert which bytes were asked for.
class MemoryStore : public Store {
  public:
    struct Access {
        std::string call;  // "open_range", "put_if_absent", "head", "list", "remove"
        std::string key;
        std::uint64_t offset = 0;
        std::uint64_t bytes = 0;
    };

    const std::string& url() const override { return m_url; }
    unsigned fetch_concurrency() const override { return 0; }
    Result<std::unique_ptr<RangeReader>> open_range(std::string_view key, std::uint64_t offset,
                                                    std::uint64_t bytes, std::stop_token stop) override;
    Result<PutOutcome> put_if_absent(std::string_view key, std::span<const std::byte> bytes,
                                     const Sent& sent) override;
    Result<ObjectInfo> head(std::string_view key) override;
    Result<std::vector<ObjectInfo>> list(std::string_view prefix) override;
    Result<void> remove(std::string_view key) override;

    std::vector<Access> accesses() const;
    void forget_accesses();

    // Damages an object in place, as a broken disk or a hostile store would.
    void replace(const std::string& key, std::string bytes);
    // Makes an object older, as time would.
    void backdate(const std::string& key, StoreTime modified);

  private:
    void note(std::string call, std::string_view key, std::uint64_t offset = 0, std::uint64_t bytes = 0);

    mutable std::mutex m_mutex;
    struct Object {
        std::string bytes;
        StoreTime modified;
    };
    std::map<std::string, Object, std::less<>> m_objects;
    std::vector<Access> m_accesses;
    std::string m_url = "memory:";
};

}  // namespace ballast
