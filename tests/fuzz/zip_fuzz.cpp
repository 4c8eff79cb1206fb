// A zip of arbitrary bytes: opening it and reading every entry must never fail other than with an error,
// and what is accepted must keep the promises of package/package.hpp.

#include <sys/mman.h>

#include <cstdint>
#include <cstdlib>
#include <string>
#include <unordered_map>
#include <vector>

#include "base/file.hpp"
#include "base/relative_path.hpp"
#include "package/zip_package.hpp"

namespace {

using namespace ballast;

constexpr PackageLimits k_limits = {.max_unpacked_bytes = 1 << 20, .max_entries = 1000};

void require(bool holds) {
    if (!holds) std::abort();
}

void check_entries(const std::vector<Entry>& entries) {
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
        require(entry.kind != EntryKind::symlink || link_stays_inside(entry.path, entry.target));
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

void read_all(const Package& package) {
    std::vector<std::byte> buffer(4096);
    for (std::size_t i = 0; i < package.entries().size(); ++i) {
        if (package.entries()[i].kind != EntryKind::file) continue;
        const auto reader = package.open(i);
        if (!reader) continue;
        std::uint64_t total = 0;
        for (;;) {
            const auto count = (*reader)->read(buffer);
            if (!count) break;
            total += *count;
            require(total <= package.entries()[i].size);
            if (*count == buffer.size()) continue;
            require(total == package.entries()[i].size);
            break;
        }
    }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    Fd fd(::memfd_create("zip", MFD_CLOEXEC));
    require(write_all(fd, std::as_bytes(std::span(data, size)), "zip").has_value());
    const auto package = open_zip_package(std::move(fd), "app.zip", k_limits);
    if (!package) {
        require(package.error().code == ErrorCode::corrupt);
        return 0;
    }
    check_entries((*package)->entries());
    read_all(**package);
    return 0;
}
