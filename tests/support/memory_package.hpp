#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <memory>
#include <mutex>
#include <set>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "base/relative_path.hpp"
#include "package/package.hpp"

namespace ballast::test {

// A package in memory, and a record of which of its files were opened. Parent directories are made as
// files are added; entries() is sorted on every change. Reading is thread-safe, adding is not.
//
//   MemoryPackage package;
//   package.file("bin/tool", bytes, 0755).symlink("bin/t", "tool");
class MemoryPackage final : public Package {
  public:
    explicit MemoryPackage(std::string name = "memory") : m_name(std::move(name)) {}

    MemoryPackage& file(const std::string& path, std::string bytes = {}, std::uint16_t mode = 0644) {
        Entry entry = {path, EntryKind::file, mode, bytes.size(), {}};
        return add(std::move(entry), std::move(bytes));
    }

    MemoryPackage& directory(const std::string& path, std::uint16_t mode = 0755) {
        return add(Entry{path, EntryKind::directory, mode, 0, {}}, {});
    }

    MemoryPackage& symlink(const std::string& path, std::string target) {
        return add(Entry{path, EntryKind::symlink, 0777, 0, std::move(target)}, {});
    }

    // The index of a path among entries(). REQUIRES: it is there.
    std::size_t index_of(const std::string& path) const {
        const auto found = std::find_if(m_entries.begin(), m_entries.end(),
                                        [&](const Entry& entry) { return entry.path == path; });
        return static_cast<std::size_t>(found - m_entries.begin());
    }

    // The paths that were opened so far.
    std::set<std::string> opened() const {
        const std::lock_guard lock(m_mutex);
        return m_opened;
    }

    // Makes reading this file fail, as a damaged archive does.
    void damage(const std::string& path) { m_damaged.insert(path); }

    const std::string& name() const override { return m_name; }
    const std::vector<Entry>& entries() const override { return m_entries; }

    Result<std::unique_ptr<FileReader>> open(std::size_t index) const override {
        const std::string& path = m_entries[index].path;
        {
            const std::lock_guard lock(m_mutex);
            m_opened.insert(path);
        }
        return std::make_unique<Reader>(m_bytes[index], path, m_damaged.contains(path));
    }

  private:
    class Reader final : public FileReader {
      public:
        Reader(const std::string& bytes, std::string path, bool damaged)
            : m_left(bytes.data(), bytes.size()), m_path(std::move(path)), m_damaged(damaged) {}

        Result<std::size_t> read(std::span<std::byte> out) override {
            if (m_damaged) return fail(ErrorCode::corrupt, m_path, "is damaged");
            const std::size_t count = std::min(out.size(), m_left.size());
            if (count > 0) std::memcpy(out.data(), m_left.data(), count);
            m_left = m_left.subspan(count);
            return count;
        }

      private:
        std::span<const char> m_left;
        std::string m_path;
        bool m_damaged;
    };

    MemoryPackage& add(Entry entry, std::string bytes) {
        for (auto parent = parent_path(entry.path); !parent.empty(); parent = parent_path(parent)) {
            if (index_of(std::string(parent)) == m_entries.size()) directory(std::string(parent));
        }
        const auto place = std::lower_bound(
            m_entries.begin(), m_entries.end(), entry.path,
            [](const Entry& existing, const std::string& path) { return path_before(existing.path, path); });
        m_bytes.insert(m_bytes.begin() + (place - m_entries.begin()), std::move(bytes));
        m_entries.insert(place, std::move(entry));
        return *this;
    }

    std::string m_name;
    std::vector<Entry> m_entries;
    std::vector<std::string> m_bytes;  // one an entry
    std::set<std::string> m_damaged;
    mutable std::mutex m_mutex;
    mutable std::set<std::string> m_opened;
};

}  // namespace ballast::test
