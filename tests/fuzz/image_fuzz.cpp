// A container image's archive of arbitrary bytes: opening it and reading its files must never fail other than
// with an error, and what is accepted must keep the promises of package/package.hpp.

#include <sys/mman.h>

#include <cstdint>
#include <cstdlib>
#include <string>
#include <unordered_map>

#include "base/file.hpp"
#include "base/relative_path.hpp"
#include "package/image_package.hpp"

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
        require(!entry.target.starts_with('/'));
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

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    Fd fd(::memfd_create("image", MFD_CLOEXEC));
    require(write_all(fd, std::as_bytes(std::span(data, size)), "image").has_value());
    const auto image = open_image_package(std::move(fd), "image.tar", k_limits);
    if (!image) {
        require(image.error().code == ErrorCode::corrupt || image.error().code == ErrorCode::usage);
        return 0;
    }
    check_entries((*image)->entries());
    for (std::size_t i = 0; i < (*image)->entries().size(); ++i) {
        if ((*image)->entries()[i].kind != EntryKind::file) continue;
        const auto text = read_entry(**image, i, 1 << 20);
        require(text && text->size() == (*image)->entries()[i].size);
    }
    const ImageFacts& facts = (*image)->facts();
    require(facts.hidden_bytes() <= facts.bytes());
    return 0;
}
