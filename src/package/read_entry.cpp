#include "package/read_entry.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <span>

#include "base/relative_path.hpp"

namespace ballast {

std::optional<std::size_t> find_file(const Package& package, std::string_view path) {
    const auto& entries = package.entries();
    const auto at = std::ranges::find(entries, path, &Entry::path);
    if (at == entries.end() || at->kind != EntryKind::file) return std::nullopt;
    return static_cast<std::size_t>(at - entries.begin());
}

Result<std::string> read_entry(const Package& package, std::size_t index, std::uint64_t max_bytes) {
    const Entry& entry = package.entries()[index];
    const std::string shown = package.name() + ": " + printable(entry.path);
    if (entry.size > max_bytes) {
        return fail(
            ErrorCode::corrupt, shown,
            fmt::format("has {} bytes, more than the {} that such a file may have", entry.size, max_bytes));
    }
    BALLAST_TRY(const auto reader, package.open(index));
    std::string text(static_cast<std::size_t>(entry.size), '\0');
    BALLAST_TRY(const std::size_t count, reader->read(std::as_writable_bytes(std::span(text))));
    if (count != text.size()) {
        return fail(ErrorCode::corrupt, shown, fmt::format("ends after {} of {} bytes", count, text.size()));
    }
    return text;
}

Result<std::string> read_start(const Package& package, std::size_t index, std::size_t max_bytes) {
    BALLAST_TRY(const auto reader, package.open(index));
    std::string text(
        static_cast<std::size_t>(std::min<std::uint64_t>(package.entries()[index].size, max_bytes)), '\0');
    BALLAST_TRY(const std::size_t count, reader->read(std::as_writable_bytes(std::span(text))));
    text.resize(count);
    return text;
}

}  // namespace ballast
