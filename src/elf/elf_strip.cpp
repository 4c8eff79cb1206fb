#include "elf/elf_strip.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

namespace ballast {
namespace {

// The names by which BFD knows a section of debug information (bfd/elf.c, _bfd_elf_make_section_from_shdr).
bool is_debug_name(std::string_view name) {
    static constexpr auto k_starts = std::to_array<std::string_view>(
        {".debug", ".zdebug", ".gnu.debuglto_.debug_", ".gnu.linkonce.wi.", ".line", ".stab"});
    return name == ".gdb_index" ||
           std::any_of(k_starts.begin(), k_starts.end(), [&](auto start) { return name.starts_with(start); });
}

class StripMeasure {
  public:
    explicit StripMeasure(const ElfImage& image) : m_image(image), m_used_strings(image.sections().size()) {}

    StrippableBytes measure() {
        const auto& sections = m_image.sections();
        const std::size_t names_at = m_image.header().e_shstrndx;
        if (names_at == 0 || names_at > sections.size()) return {};
        const GElf_Shdr& names = sections[names_at - 1];
        const auto bytes = m_image.range(names.sh_offset, names.sh_size, "has its names beyond its end");
        if (names.sh_type != SHT_STRTAB || !bytes) return {};
        m_names = *bytes;
        m_used_strings[names_at - 1] = true;
        for (const auto& section : sections) {
            if (section.sh_type != SHT_SYMTAB) use_strings_of(section);
        }
        for (const auto& section : sections) take(section);
        // Sections that lie over each other would make more of the file than it has.
        const bool possible =
            m_image.contains(0, m_found.debug) && m_image.contains(m_found.debug, m_found.symbols);
        return possible ? m_found : StrippableBytes();
    }

  private:
    // Section 0 is not among sections().
    void use_strings_of(const GElf_Shdr& section) {
        if (section.sh_link > 0 && section.sh_link <= m_used_strings.size())
            m_used_strings[section.sh_link - 1] = true;
    }

    void take(const GElf_Shdr& section) {
        if ((section.sh_flags & SHF_ALLOC) != 0) return;
        const auto name = m_image.text(m_names, section.sh_name);
        if (!name) return;
        if (is_debug_name(*name) || (section.sh_type == SHT_REL || section.sh_type == SHT_RELA)) {
            m_found.debug += bytes_of(section, *name);
        } else if (section.sh_type == SHT_SYMTAB || section.sh_type == SHT_SYMTAB_SHNDX) {
            m_found.symbols += bytes_of(section, *name);
            take_strings(section);
        }
    }

    // The names of a symbol table, unless something that stays has its names there too.
    void take_strings(const GElf_Shdr& table) {
        const std::size_t at = table.sh_link;
        if (at == 0 || at > m_used_strings.size() || m_used_strings[at - 1]) return;
        m_used_strings[at - 1] = true;
        const GElf_Shdr& strings = m_image.sections()[at - 1];
        const auto name = m_image.text(m_names, strings.sh_name);
        if (strings.sh_type == SHT_STRTAB && (strings.sh_flags & SHF_ALLOC) == 0 && name)
            m_found.symbols += bytes_of(strings, *name);
    }

    // With its header and name.
    std::uint64_t bytes_of(const GElf_Shdr& section, std::string_view name) const {
        if (section.sh_type == SHT_NOBITS || !m_image.contains(section.sh_offset, section.sh_size)) return 0;
        return section.sh_size + m_image.header().e_shentsize + name.size() + 1;
    }

    const ElfImage& m_image;
    ElfImage::Bytes m_names;
    std::vector<bool> m_used_strings;  // by sections that stay, one a section
    StrippableBytes m_found;
};

}  // namespace

StrippableBytes find_strippable(const ElfImage& image) {
    return StripMeasure(image).measure();
}

}  // namespace ballast
