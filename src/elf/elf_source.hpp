#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "base/result.hpp"

namespace ballast {

// Where the bytes of an ELF file come from. What matters of a large library is a few KB of it, so that
// ranges are asked for before they are looked at.
class ElfSource {
  public:
    ElfSource() = default;
    ElfSource(const ElfSource&) = delete;
    ElfSource& operator=(const ElfSource&) = delete;
    virtual ~ElfSource() = default;

    // The whole file's place in memory, always the same. What was not loaded reads as anything.
    virtual std::span<const std::byte> bytes() const = 0;

    // Makes a range of bytes() hold what the file has. REQUIRES: it lies inside. Asking in the file's
    // order is cheapest. Errors: those of reading the file.
    virtual Result<void> load(std::uint64_t offset, std::uint64_t size) = 0;
};

// A file that is in memory already.
class MemoryElfSource final : public ElfSource {
  public:
    explicit MemoryElfSource(std::span<const std::byte> file) : m_file(file) {}
    std::span<const std::byte> bytes() const override { return m_file; }
    Result<void> load(std::uint64_t, std::uint64_t) override { return {}; }

  private:
    std::span<const std::byte> m_file;
};

}  // namespace ballast
