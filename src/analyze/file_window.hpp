#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "base/result.hpp"
#include "package/package.hpp"

namespace ballast {

// A piece of a package's file with what lies directly before it, moved forward through the file. Refers
// to the package.
class FileWindow {
  public:
    // `reach` is how many bytes before the piece stay at hand. Errors: those of opening the file.
    static Result<FileWindow> open(const Package& package, std::size_t file, std::uint64_t reach);

    // REQUIRES: the piece lies inside the file, not before an earlier one.
    // Errors: those of reading; corrupt when the file ends early.
    Result<void> move_to(std::uint64_t offset, std::uint64_t size);

    // The piece, and up to `reach` bytes before it. Both are good until the next move.
    std::span<const std::byte> bytes() const { return m_piece; }
    std::span<const std::byte> before() const { return m_before; }

  private:
    FileWindow(const Package& package, std::size_t file, std::uint64_t reach)
        : m_package(&package), m_file(file), m_reach(reach) {}
    Result<void> skip_to(std::uint64_t offset);
    Result<void> read(std::span<std::byte> out);

    const Package* m_package;
    std::size_t m_file;
    std::uint64_t m_reach;
    std::unique_ptr<FileReader> m_reader;
    std::vector<std::byte> m_bytes;  // of the file from m_start on, up to the reader's position
    std::uint64_t m_start = 0;
    std::span<const std::byte> m_piece;
    std::span<const std::byte> m_before;
};

}  // namespace ballast
