#pragma once

#include <gelf.h>
#include <libelf.h>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/relative_path.hpp"
#include "base/result.hpp"
#include "elf/elf_source.hpp"

namespace ballast {

// An ELF file, opened with libelf after its tables were found to lie inside the file. Every range that
// is asked for is checked against the file first, and loaded. Refers to the source it was opened with.
class ElfImage {
  public:
    using Bytes = std::span<const std::byte>;

    // `name` names the file in errors. Errors: corrupt; those of the source, as with all below.
    static Result<ElfImage> open(ElfSource& file, const std::string& name);

    const GElf_Ehdr& header() const { return m_header; }
    const std::vector<GElf_Phdr>& segments() const { return m_segments; }
    const std::vector<GElf_Shdr>& sections() const { return m_sections; }
    const GElf_Phdr* segment_of_type(std::uint32_t type) const;
    const GElf_Shdr* section_of_type(std::uint32_t type) const;

    // Whether a range lies inside the file.
    bool contains(std::uint64_t offset, std::uint64_t size) const;

    // The bytes of a range. Errors: corrupt, with `fault` as the message, when it reaches outside.
    Result<Bytes> range(std::uint64_t offset, std::uint64_t size, std::string_view fault) const;

    // Where in the file the loader finds what is at a virtual address, and how much follows there in the
    // same PT_LOAD segment; nullopt when none holds the address.
    struct Place {
        std::uint64_t offset = 0;
        std::uint64_t size = 0;
    };
    std::optional<Place> place_of(std::uint64_t address) const;

    // A range as an array of native structures of `type`, owned by the image. Errors: as range().
    // REQUIRES: size > 0.
    Result<Elf_Data*> converted(std::uint64_t offset, std::uint64_t size, Elf_Type type,
                                std::string_view fault) const;

    // The NUL-terminated text at `index` of a string table. Errors: corrupt when it does not end inside
    // the table or is longer than `longest`, which keeps the work linear: a hostile file may refer to one
    // long text many times.
    Result<std::string_view> text(Bytes table, std::uint64_t index,
                                  std::size_t longest = k_max_path_bytes) const;

    tl::unexpected<Error> corrupt(std::string_view message) const;

  private:
    ElfImage(ElfSource& file, const std::string& name) : m_file(&file), m_name(&name) {}
    Result<void> load_tables() const;
    Result<void> open_with_libelf();

    struct Closer {
        void operator()(Elf* elf) const { elf_end(elf); }
    };
    ElfSource* m_file;
    const std::string* m_name;
    std::unique_ptr<Elf, Closer> m_elf;
    GElf_Ehdr m_header = {};
    std::vector<GElf_Phdr> m_segments;
    std::vector<GElf_Shdr> m_sections;
};

}  // namespace ballast
