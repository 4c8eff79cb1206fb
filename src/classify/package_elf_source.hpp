#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <vector>

#include "base/result.hpp"
#include "elf/elf_source.hpp"
#include "package/package.hpp"

namespace ballast {

// An ELF file of a package, of which only the ranges that are asked for take memory: the file's place in
// memory is reserved, not filled. (Reading large libraries whole took 2 to 3 times as long, most of it
// for the kernel to provide the pages.) Going back to a range before one that was read opens the file
// again. Refers to the package; one thread at a time.
class PackageElfSource final : public ElfSource {
  public:
    // Goes on with `reader`, which has given the file's first bytes, `start`, already.
    // Errors: unavailable when the address space does not suffice.
    static Result<std::unique_ptr<PackageElfSource>> create(const Package& package, std::size_t index,
                                                            std::unique_ptr<FileReader> reader,
                                                            std::span<const std::byte> start);
    ~PackageElfSource() override;

    std::span<const std::byte> bytes() const override { return {m_bytes, m_size}; }
    Result<void> load(std::uint64_t offset, std::uint64_t size) override;

    // The error that load() gave: one of the package, not of what the file holds.
    const std::optional<Error>& failure() const { return m_failure; }

  private:
    PackageElfSource(const Package& package, std::size_t index, std::byte* bytes, std::size_t size)
        : m_package(package), m_index(index), m_bytes(bytes), m_size(size) {}
    Result<void> read_to(std::uint64_t offset, std::uint64_t end);
    Result<void> read(std::span<std::byte> out);
    bool is_loaded(std::uint64_t offset, std::uint64_t end) const;

    const Package& m_package;
    std::size_t m_index;
    std::byte* m_bytes;
    std::size_t m_size;
    std::unique_ptr<FileReader> m_reader;
    std::uint64_t m_position = 0;  // of the reader
    struct Interval {
        std::uint64_t begin;
        std::uint64_t end;
    };
    std::vector<Interval> m_loaded;
    std::optional<Error> m_failure;
};

}  // namespace ballast
