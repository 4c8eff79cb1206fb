#pragma once

#include <cstring>
#include <map>
#include <mutex>
#include <string>
#include <vector>

#include "store/store.hpp"

namespace ballast::test {

// A store in this process's memory. Notes every call, so that tests can assert which bytes were asked for.
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
                                                    std::uint64_t bytes, std::stop_token /*stop*/) override {
        BALLAST_CHECK(check_key(key));
        const std::lock_guard lock(m_mutex);
        note("open_range", key, offset, bytes);
        const auto at = m_objects.find(key);
        if (at == m_objects.end()) return absent(key);
        const std::string& all = at->second.bytes;
        if (offset > all.size() || bytes > all.size() - offset) {
            return fail(ErrorCode::corrupt, key, "ends before the bytes that were asked for");
        }
        return std::make_unique<Range>(all.substr(offset, bytes));
    }

    Result<PutOutcome> put_if_absent(std::string_view key, std::span<const std::byte> bytes,
                                     const Sent& sent) override {
        BALLAST_CHECK(check_key(key));
        const std::lock_guard lock(m_mutex);
        note("put_if_absent", key, 0, bytes.size());
        if (m_objects.contains(key)) return PutOutcome::already_there;
        m_objects.emplace(
            key, Object{std::string(reinterpret_cast<const char*>(bytes.data()), bytes.size()), now()});
        if (sent) sent(bytes.size());
        return PutOutcome::stored;
    }

    Result<ObjectInfo> head(std::string_view key) override {
        BALLAST_CHECK(check_key(key));
        const std::lock_guard lock(m_mutex);
        note("head", key);
        const auto at = m_objects.find(key);
        if (at == m_objects.end()) return absent(key);
        return ObjectInfo{at->first, at->second.bytes.size(), at->second.modified};
    }

    Result<std::vector<ObjectInfo>> list(std::string_view prefix) override {
        const std::lock_guard lock(m_mutex);
        note("list", prefix);
        std::vector<ObjectInfo> objects;
        for (auto at = m_objects.lower_bound(prefix); at != m_objects.end() && at->first.starts_with(prefix);
             ++at) {
            objects.push_back({at->first, at->second.bytes.size(), at->second.modified});
        }
        return objects;
    }

    Result<void> remove(std::string_view key) override {
        BALLAST_CHECK(check_key(key));
        const std::lock_guard lock(m_mutex);
        note("remove", key);
        if (const auto at = m_objects.find(key); at != m_objects.end()) m_objects.erase(at);
        return {};
    }

    std::vector<Access> accesses() const {
        const std::lock_guard lock(m_mutex);
        return m_accesses;
    }

    void forget_accesses() {
        const std::lock_guard lock(m_mutex);
        m_accesses.clear();
    }

    // Damages an object in place, as a broken disk or a hostile store would.
    void replace(const std::string& key, std::string bytes) {
        const std::lock_guard lock(m_mutex);
        m_objects[key] = {std::move(bytes), now()};
    }

    // Makes an object older, as time would.
    void backdate(const std::string& key, StoreTime modified) {
        const std::lock_guard lock(m_mutex);
        m_objects.at(key).modified = modified;
    }

  private:
    class Range : public RangeReader {
      public:
        explicit Range(std::string bytes) : m_bytes(std::move(bytes)) {}

        Result<void> read(std::span<std::byte> out) override {
            if (!out.empty()) std::memcpy(out.data(), m_bytes.data() + m_at, out.size());
            m_at += out.size();
            return {};
        }

      private:
        std::string m_bytes;
        std::size_t m_at = 0;
    };

    struct Object {
        std::string bytes;
        StoreTime modified;
    };

    static tl::unexpected<Error> absent(std::string_view key) {
        return fail(ErrorCode::not_found, key, "no such object");
    }

    static StoreTime now() {
        return std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now());
    }

    void note(std::string call, std::string_view key, std::uint64_t offset = 0, std::uint64_t bytes = 0) {
        m_accesses.push_back({std::move(call), std::string(key), offset, bytes});
    }

    mutable std::mutex m_mutex;
    std::map<std::string, Object, std::less<>> m_objects;
    std::vector<Access> m_accesses;
    std::string m_url = "memory:";
};

}  // namespace ballast::test
