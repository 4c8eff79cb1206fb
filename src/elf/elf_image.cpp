#include "elf/elf_image.hpp"

#include <algorithm>
#include <cstddef>
#include <cstring>

#include "elf/elf.hpp"

namespace ballast {
namespace {

using Bytes = ElfImage::Bytes;

constexpr std::uint64_t k_section_names_bytes = 2'048;

// Reads numbers of the raw file in its byte order, before libelf sees it.
class RawNumbers {
  public:
    explicit RawNumbers(Bytes file) : m_file(file), m_big_endian(file[EI_DATA] == std::byte{ELFDATA2MSB}) {}

    std::uint64_t at(std::uint64_t offset, std::size_t bytes) const {
        std::uint64_t value = 0;
        for (std::size_t i = 0; i < bytes; ++i) {
            const std::uint64_t place = offset + (m_big_endian ? i : bytes - 1 - i);
            value = (value << 8U) | std::to_integer<std::uint64_t>(m_file[static_cast<std::size_t>(place)]);
        }
        return value;
    }

  private:
    Bytes m_file;
    bool m_big_endian;
};

#define BALLAST_ELF_FIELD(numbers, start, type, field) \
    (numbers).at((start) + offsetof(type, field), sizeof(type::field))

// Where the program and section header tables lie, of either class.
struct Tables {
    std::uint64_t segments_offset = 0;
    std::uint64_t segment_bytes = 0;
    std::uint64_t segment_count = 0;
    std::uint64_t sections_offset = 0;
    std::uint64_t section_bytes = 0;
    std::uint64_t section_count = 0;
};

template <typename Ehdr>
Tables tables_of(const RawNumbers& numbers) {
    return {
        BALLAST_ELF_FIELD(numbers, 0U, Ehdr, e_phoff),     BALLAST_ELF_FIELD(numbers, 0U, Ehdr, e_phentsize),
        BALLAST_ELF_FIELD(numbers, 0U, Ehdr, e_phnum),     BALLAST_ELF_FIELD(numbers, 0U, Ehdr, e_shoff),
        BALLAST_ELF_FIELD(numbers, 0U, Ehdr, e_shentsize), BALLAST_ELF_FIELD(numbers, 0U, Ehdr, e_shnum)};
}

// The range of the segment at `start` if it is the dynamic one.
template <typename Phdr>
std::optional<ElfImage::Place> dynamic_place(const RawNumbers& numbers, std::uint64_t start) {
    if (BALLAST_ELF_FIELD(numbers, start, Phdr, p_type) != PT_DYNAMIC) return std::nullopt;
    return ElfImage::Place{BALLAST_ELF_FIELD(numbers, start, Phdr, p_offset),
                           BALLAST_ELF_FIELD(numbers, start, Phdr, p_filesz)};
}

#undef BALLAST_ELF_FIELD

}  // namespace

tl::unexpected<Error> ElfImage::corrupt(std::string_view message) const {
    return fail(ErrorCode::corrupt, *m_name, message);
}

bool ElfImage::contains(std::uint64_t offset, std::uint64_t size) const {
    const std::uint64_t file_bytes = m_file->bytes().size();
    return offset <= file_bytes && size <= file_bytes - offset;
}

// libelf has had its share of crashes on tables that reach outside the file; a file cut short, the usual
// damage, shows here too. What is needed is loaded in the order in which files have it.
Result<void> ElfImage::load_tables() const {
    const Bytes file = m_file->bytes();
    if (file.size() < EI_NIDENT) return corrupt("is too short for an ELF header");
    const auto elf_class = std::to_integer<unsigned>(file[EI_CLASS]);
    const auto data = std::to_integer<unsigned>(file[EI_DATA]);
    if (elf_class != ELFCLASS32 && elf_class != ELFCLASS64) return corrupt("has an unknown ELF class");
    if (data != ELFDATA2LSB && data != ELFDATA2MSB) return corrupt("has an unknown ELF byte order");
    const bool wide = elf_class == ELFCLASS64;
    const std::size_t header_bytes = wide ? sizeof(Elf64_Ehdr) : sizeof(Elf32_Ehdr);
    if (file.size() < header_bytes) return corrupt("is too short for an ELF header");
    BALLAST_CHECK(m_file->load(0, header_bytes));
    const RawNumbers numbers(file);
    const Tables tables = wide ? tables_of<Elf64_Ehdr>(numbers) : tables_of<Elf32_Ehdr>(numbers);
    if (tables.segment_count > 0) {
        if (tables.segment_bytes != (wide ? sizeof(Elf64_Phdr) : sizeof(Elf32_Phdr))) {
            return corrupt("has program headers of a wrong size");
        }
        BALLAST_CHECK(range(tables.segments_offset, tables.segment_count * tables.segment_bytes,
                            "is cut short: its program headers lie beyond its end"));
    }
    for (std::uint64_t i = 0; i < tables.segment_count; ++i) {
        const std::uint64_t start = tables.segments_offset + i * tables.segment_bytes;
        const auto dynamic =
            wide ? dynamic_place<Elf64_Phdr>(numbers, start) : dynamic_place<Elf32_Phdr>(numbers, start);
        if (!dynamic || !contains(dynamic->offset, dynamic->size)) continue;
        BALLAST_CHECK(m_file->load(dynamic->offset, dynamic->size));
        break;
    }
    if (tables.sections_offset > 0 && tables.section_bytes > 0) {
        const std::uint64_t expected = wide ? sizeof(Elf64_Shdr) : sizeof(Elf32_Shdr);
        if (tables.section_bytes != expected) return corrupt("has section headers of a wrong size");
        // A count of 0 means that the first header holds the count: at least that one must be there.
        const std::uint64_t count = std::max<std::uint64_t>(tables.section_count, 1);
        // Linkers write the sections' names directly before their headers; going back for them would open
        // the file again.
        const std::uint64_t before = std::min(tables.sections_offset, k_section_names_bytes);
        if (contains(tables.sections_offset - before, before)) {
            BALLAST_CHECK(m_file->load(tables.sections_offset - before, before));
        }
        BALLAST_CHECK(range(tables.sections_offset, count * expected,
                            "is cut short: its section headers lie beyond its end"));
        if (tables.section_count == 0) {
            BALLAST_CHECK(m_file->load(tables.sections_offset, file.size() - tables.sections_offset));
        }
    }
    return {};
}

Result<void> ElfImage::open_with_libelf() {
    static const bool k_initialised = elf_version(EV_CURRENT) != EV_NONE;
    if (!k_initialised) return fail(ErrorCode::unavailable, "libelf", "has another ELF version");
    const Bytes file = m_file->bytes();
    // libelf takes a mutable image but opens it for reading: it converts into buffers of its own.
    m_elf.reset(elf_memory(reinterpret_cast<char*>(const_cast<std::byte*>(file.data())), file.size()));
    if (!m_elf || elf_kind(m_elf.get()) != ELF_K_ELF || gelf_getehdr(m_elf.get(), &m_header) == nullptr) {
        return corrupt("has a damaged ELF header");
    }
    std::size_t count = 0;
    if (elf_getphdrnum(m_elf.get(), &count) != 0) return corrupt("has damaged program headers");
    if (count > file.size() / sizeof(Elf32_Phdr)) return corrupt("has more program headers than bytes");
    if (count > m_header.e_phnum) {  // the true count of more than 65,534 is in the first section header
        BALLAST_CHECK(range(m_header.e_phoff, count * m_header.e_phentsize,
                            "is cut short: its program headers lie beyond its end"));
    }
    for (std::size_t i = 0; i < count; ++i) {
        GElf_Phdr segment;
        if (gelf_getphdr(m_elf.get(), static_cast<int>(i), &segment) == nullptr) {
            return corrupt("has damaged program headers");
        }
        m_segments.push_back(segment);
    }
    Elf_Scn* section = nullptr;
    while ((section = elf_nextscn(m_elf.get(), section)) != nullptr) {
        GElf_Shdr section_header;
        if (gelf_getshdr(section, &section_header) == nullptr) return corrupt("has damaged section headers");
        m_sections.push_back(section_header);
    }
    return {};
}

Result<ElfImage> ElfImage::open(ElfSource& file, const std::string& name) {
    ElfImage image(file, name);
    BALLAST_CHECK(file.load(0, std::min<std::size_t>(file.bytes().size(), EI_NIDENT)));
    if (!is_elf(file.bytes())) return image.corrupt("is not an ELF file");
    BALLAST_CHECK(image.load_tables());
    BALLAST_CHECK(image.open_with_libelf());
    return image;
}

const GElf_Phdr* ElfImage::segment_of_type(std::uint32_t type) const {
    const auto found =
        std::find_if(m_segments.begin(), m_segments.end(), [&](const auto& s) { return s.p_type == type; });
    return found == m_segments.end() ? nullptr : &*found;
}

const GElf_Shdr* ElfImage::section_of_type(std::uint32_t type) const {
    const auto found =
        std::find_if(m_sections.begin(), m_sections.end(), [&](const auto& s) { return s.sh_type == type; });
    return found == m_sections.end() ? nullptr : &*found;
}

Result<Bytes> ElfImage::range(std::uint64_t offset, std::uint64_t size, std::string_view fault) const {
    if (!contains(offset, size)) return corrupt(fault);
    BALLAST_CHECK(m_file->load(offset, size));
    return m_file->bytes().subspan(static_cast<std::size_t>(offset), static_cast<std::size_t>(size));
}

std::optional<ElfImage::Place> ElfImage::place_of(std::uint64_t address) const {
    for (const auto& segment : m_segments) {
        if (segment.p_type != PT_LOAD || address < segment.p_vaddr) continue;
        const std::uint64_t into = address - segment.p_vaddr;
        if (into < segment.p_filesz && contains(segment.p_offset, segment.p_filesz)) {
            return Place{segment.p_offset + into, segment.p_filesz - into};
        }
    }
    return std::nullopt;
}

Result<Elf_Data*> ElfImage::converted(std::uint64_t offset, std::uint64_t size, Elf_Type type,
                                      std::string_view fault) const {
    BALLAST_CHECK(range(offset, size, fault));
    Elf_Data* data = elf_getdata_rawchunk(m_elf.get(), static_cast<std::int64_t>(offset),
                                          static_cast<std::size_t>(size), type);
    if (data == nullptr) return corrupt(fault);
    return data;
}

Result<std::string_view> ElfImage::text(Bytes table, std::uint64_t index, std::size_t longest) const {
    if (index >= table.size()) return corrupt("has a name outside its string table");
    const auto rest = table.subspan(static_cast<std::size_t>(index));
    const auto* start = reinterpret_cast<const char*>(rest.data());
    const std::size_t length = ::strnlen(start, std::min(rest.size(), longest + 1));
    if (length > longest) return corrupt("has a name longer than a path can be");
    if (length == rest.size()) return corrupt("has a name that its string table does not end");
    return std::string_view(start, length);
}

}  // namespace ballast
