#pragma once

#include <cstdlib>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/relative_path.hpp"
#include "package/package.hpp"

// What package/package.hpp promises of an archive of arbitrary bytes that was accepted.

namespace ballast::fuzz {

inline constexpr PackageLimits k_limits = {.max_unpacked_bytes = 1 << 20, .max_entries = 1000};

inline void require(bool holds) {
    if (!holds) std::abort();
}

// Where symlinks may lead is each archive's own promise: `is_kept` is asked of every one.
template <typename Kept>
void check_entries(const std::vector<Entry>& entries, const Kept& is_kept) {
    require(entries.size() <= k_limits.max_entries);
    std::unordered_map<std::string_view, EntryKind> kinds;
    std::uint64_t total = 0;
    for (std::size_t i = 0; i < entries.size(); ++i) {
        const Entry& entry = entries[i];
        require(relative_path_fault(entry.path).empty());
        require(i == 0 || path_before(entries[i - 1].path, entry.path));
        require((entry.mode & ~k_permission_bits) == 0);
        require(entry.kind == EntryKind::file || entry.size == 0);
        require((entry.kind == EntryKind::symlink) != entry.target.empty());
        require(entry.kind != EntryKind::symlink || is_kept(entry));
        const auto parent = parent_path(entry.path);
        if (!parent.empty()) {
            const auto at = kinds.find(parent);
            require(at != kinds.end() && at->second == EntryKind::directory);
        }
        kinds.emplace(entry.path, entry.kind);
        total += entry.size;
    }
    require(total <= k_limits.max_unpacked_bytes);
}

}  // namespace ballast::fuzz
