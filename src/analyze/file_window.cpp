#include "analyze/file_window.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "base/relative_path.hpp"

namespace ballast {
namespace {

constexpr std::uint64_t k_skip_bytes = 131'072;

}  // namespace

Result<FileWindow> FileWindow::open(const Package& package, std::size_t file, std::uint64_t reach) {
    FileWindow window(package, file, reach);
    BALLAST_TRY(window.m_reader, package.open(file));
    return window;
}

Result<void> FileWindow::move_to(std::uint64_t offset, std::uint64_t size) {
    const std::uint64_t start = offset - std::min(offset, m_reach);
    if (start >= m_start + m_bytes.size()) {
        BALLAST_CHECK(skip_to(start));
    } else {
        m_bytes.erase(m_bytes.begin(), m_bytes.begin() + static_cast<std::ptrdiff_t>(start - m_start));
        m_start = start;
    }
    const auto needed = static_cast<std::size_t>(offset + size - m_start);
    if (const std::size_t present = m_bytes.size(); needed > present) {
        m_bytes.resize(needed);
        BALLAST_CHECK(read(std::span(m_bytes).subspan(present)));
    }
    const auto before = static_cast<std::size_t>(offset - m_start);
    m_before = std::span(m_bytes).first(before);
    m_piece = std::span(m_bytes).subspan(before, static_cast<std::size_t>(size));
    return {};
}

Result<void> FileWindow::skip_to(std::uint64_t offset) {
    std::uint64_t left = offset - (m_start + m_bytes.size());
    m_start += m_bytes.size();
    while (left > 0) {
        m_bytes.resize(static_cast<std::size_t>(std::min(left, k_skip_bytes)));
        BALLAST_CHECK(read(m_bytes));
        left -= m_bytes.size();
        m_start += m_bytes.size();
    }
    m_bytes.clear();
    return {};
}

Result<void> FileWindow::read(std::span<std::byte> out) {
    BALLAST_TRY(const std::size_t count, m_reader->read(out));
    if (count == out.size()) return {};
    const Entry& entry = m_package->entries()[m_file];
    return fail(ErrorCode::corrupt, m_package->name() + ": " + printable(entry.path),
                fmt::format("ends before its {} bytes", entry.size));
}

}  // namespace ballast
