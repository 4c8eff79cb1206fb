#pragma once

#include <elf.h>

#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

namespace ballast::test {

// What make_elf() writes: a 64-bit little-endian ELF file that holds nothing but its headers, like one
// whose section headers were stripped off.
struct ElfRecipe {
    std::uint16_t machine = EM_X86_64;
    std::uint16_t type = ET_DYN;
    bool dynamic = true;
    std::string interpreter = {};
    std::string soname = {};
    std::vector<std::string> needed = {};
    std::string rpath = {};
    std::string runpath = {};
    std::uint64_t flags_1 = 0;
    std::vector<std::pair<std::string, std::string>> versions =
        {};                   // library, version: "libc.so.6", "GLIBC_2.34"
    std::size_t padding = 0;  // bytes added to the end
};

class ElfWriter {
  public:
    std::string write(const ElfRecipe& recipe) {
        const std::size_t segments = 1U + (recipe.dynamic ? 1U : 0U) + (recipe.interpreter.empty() ? 0U : 1U);
        m_bytes.assign(sizeof(Elf64_Ehdr) + segments * sizeof(Elf64_Phdr), '\0');
        std::vector<Elf64_Phdr> headers;
        if (!recipe.interpreter.empty()) {
            const std::size_t at = append(recipe.interpreter.data(), recipe.interpreter.size() + 1);
            headers.push_back(segment(PT_INTERP, at, recipe.interpreter.size() + 1));
        }
        if (recipe.dynamic) headers.push_back(write_dynamic(recipe));
        m_bytes.append(recipe.padding, 'x');
        headers.insert(headers.begin(), segment(PT_LOAD, 0, m_bytes.size()));
        Elf64_Ehdr header = {};
        std::memcpy(header.e_ident, ELFMAG, SELFMAG);
        header.e_ident[EI_CLASS] = ELFCLASS64;
        header.e_ident[EI_DATA] = ELFDATA2LSB;
        header.e_ident[EI_VERSION] = EV_CURRENT;
        header.e_type = recipe.type;
        header.e_machine = recipe.machine;
        header.e_version = EV_CURRENT;
        header.e_phoff = sizeof(Elf64_Ehdr);
        header.e_ehsize = sizeof(Elf64_Ehdr);
        header.e_phentsize = sizeof(Elf64_Phdr);
        header.e_phnum = static_cast<Elf64_Half>(headers.size());
        std::memcpy(m_bytes.data(), &header, sizeof(header));
        std::memcpy(m_bytes.data() + sizeof(header), headers.data(), headers.size() * sizeof(Elf64_Phdr));
        return m_bytes;
    }

  private:
    static constexpr std::uint64_t k_base = 0x10000;  // where the file is loaded

    static Elf64_Phdr segment(std::uint32_t type, std::size_t offset, std::size_t size) {
        Elf64_Phdr header = {};
        header.p_type = type;
        header.p_offset = offset;
        header.p_vaddr = k_base + offset;
        header.p_filesz = size;
        header.p_memsz = size;
        return header;
    }

    std::size_t append(const void* data, std::size_t size) {
        while (m_bytes.size() % 8 != 0) m_bytes += '\0';
        const std::size_t at = m_bytes.size();
        m_bytes.append(static_cast<const char*>(data), size);
        return at;
    }

    std::uint64_t text(std::string_view value) {
        const std::size_t at = m_strings.size();
        m_strings += value;
        m_strings += '\0';
        return at;
    }

    static Elf64_Dyn entry(std::int64_t tag, std::uint64_t value) {
        Elf64_Dyn dynamic = {};
        dynamic.d_tag = tag;
        dynamic.d_un.d_val = value;
        return dynamic;
    }

    Elf64_Phdr write_dynamic(const ElfRecipe& recipe) {
        m_strings.assign(1, '\0');
        std::vector<Elf64_Dyn> entries;
        for (const auto& name : recipe.needed) entries.push_back(entry(DT_NEEDED, text(name)));
        if (!recipe.soname.empty()) entries.push_back(entry(DT_SONAME, text(recipe.soname)));
        if (!recipe.rpath.empty()) entries.push_back(entry(DT_RPATH, text(recipe.rpath)));
        if (!recipe.runpath.empty()) entries.push_back(entry(DT_RUNPATH, text(recipe.runpath)));
        if (recipe.flags_1 != 0) entries.push_back(entry(DT_FLAGS_1, recipe.flags_1));
        if (!recipe.versions.empty()) {
            entries.push_back(entry(DT_VERNEED, k_base + write_versions(recipe)));
            entries.push_back(entry(DT_VERNEEDNUM, recipe.versions.size()));
        }
        entries.push_back(entry(DT_STRTAB, k_base + append(m_strings.data(), m_strings.size())));
        entries.push_back(entry(DT_STRSZ, m_strings.size()));
        entries.push_back(entry(DT_NULL, 0));
        const std::size_t size = entries.size() * sizeof(Elf64_Dyn);
        return segment(PT_DYNAMIC, append(entries.data(), size), size);
    }

    // One list of one version for each, as linkers write it when each comes from another library.
    std::size_t write_versions(const ElfRecipe& recipe) {
        struct Both {
            Elf64_Verneed file;
            Elf64_Vernaux version;
        };
        std::vector<Both> all;
        for (const auto& [library, version] : recipe.versions) {
            Both both = {};
            both.file.vn_version = VER_NEED_CURRENT;
            both.file.vn_cnt = 1;
            both.file.vn_file = static_cast<Elf64_Word>(text(library));
            both.file.vn_aux = sizeof(Elf64_Verneed);
            both.file.vn_next = all.size() + 1 < recipe.versions.size() ? sizeof(Both) : 0;
            both.version.vna_name = static_cast<Elf64_Word>(text(version));
            all.push_back(both);
        }
        return append(all.data(), all.size() * sizeof(Both));
    }

    std::string m_bytes;
    std::string m_strings;
};

inline std::string make_elf(const ElfRecipe& recipe = {}) {
    return ElfWriter().write(recipe);
}

}  // namespace ballast::test
