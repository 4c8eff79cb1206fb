#include "elf/elf_dynamic.hpp"

#include <algorithm>
#include <optional>
#include <string_view>

namespace ballast {
namespace {

// Real files need some dozens. The bound keeps a hostile one from having us copy a long name for each
// entry of a long table.
constexpr std::size_t k_max_needed = 4096;
constexpr std::size_t k_max_versions = 65'536;
constexpr std::size_t k_longest_search_path = 1 << 20;     // one text with many paths in it
constexpr std::uint64_t k_max_unmeasured_bytes = 1 << 20;  // read of a table that does not say its size

// The entries of the dynamic section that matter here. As in ld.so, the last of a kind counts.
struct DynamicEntries {
    bool present = false;
    std::vector<std::uint64_t> needed;  // indices into the string table, as the four below
    std::optional<std::uint64_t> soname;
    std::optional<std::uint64_t> rpath;
    std::optional<std::uint64_t> runpath;
    std::uint64_t flags_1 = 0;
    std::optional<std::uint64_t> strings_address;
    std::uint64_t strings_bytes = 0;
    std::optional<std::uint64_t> versions_address;
    std::optional<ElfImage::Bytes> strings;  // where section headers name them
};

void take_entry(DynamicEntries& entries, const GElf_Dyn& entry) {
    const auto value = static_cast<std::uint64_t>(entry.d_un.d_val);
    const auto tag = entry.d_tag;
    if (tag == DT_NEEDED) entries.needed.push_back(value);
    if (tag == DT_SONAME) entries.soname = value;
    if (tag == DT_RPATH) entries.rpath = value;
    if (tag == DT_RUNPATH) entries.runpath = value;
    if (tag == DT_FLAGS_1) entries.flags_1 = value;
    if (tag == DT_STRTAB) entries.strings_address = value;
    if (tag == DT_STRSZ) entries.strings_bytes = value;
    if (tag == DT_VERNEED) entries.versions_address = value;
}

// The string table that a section refers to by its link; none when that is no string table. Section 0
// is not among sections().
Result<std::optional<ElfImage::Bytes>> linked_strings(const ElfImage& image, const GElf_Shdr& section) {
    if (section.sh_link == 0 || section.sh_link > image.sections().size()) return std::nullopt;
    const GElf_Shdr& strings = image.sections()[section.sh_link - 1];
    if (strings.sh_type != SHT_STRTAB) return std::nullopt;
    return image.range(strings.sh_offset, strings.sh_size, "has its string table beyond its end");
}

Result<std::optional<ElfImage::Bytes>> addressed_strings(const ElfImage& image,
                                                         const DynamicEntries& entries) {
    if (!entries.strings_address) return std::nullopt;
    const auto place = image.place_of(*entries.strings_address);
    if (!place) return std::nullopt;
    const std::uint64_t most = entries.strings_bytes > 0 ? entries.strings_bytes : k_max_unmeasured_bytes;
    return image.range(place->offset, std::min(place->size, most), "has its string table beyond its end");
}

// By section header where there is one, else, in a file whose section headers were stripped off, by
// PT_DYNAMIC.
Result<DynamicEntries> read_entries(const ElfImage& image) {
    DynamicEntries entries;
    std::uint64_t offset = 0;
    std::uint64_t size = 0;
    const GElf_Shdr* section = image.section_of_type(SHT_DYNAMIC);
    const GElf_Phdr* segment = image.segment_of_type(PT_DYNAMIC);
    if (section != nullptr) {
        offset = section->sh_offset;
        size = section->sh_size;
    } else if (segment != nullptr) {
        offset = segment->p_offset;
        size = segment->p_filesz;
    } else {
        return entries;
    }
    entries.present = true;
    if (size == 0) return entries;
    BALLAST_TRY(Elf_Data* const data,
                image.converted(offset, size, ELF_T_DYN, "has its dynamic section beyond its end"));
    GElf_Dyn entry;
    for (int i = 0; gelf_getdyn(data, i, &entry) != nullptr && entry.d_tag != DT_NULL; ++i) {
        take_entry(entries, entry);
        if (entries.needed.size() > k_max_needed) return image.corrupt("needs more than 4096 libraries");
    }
    if (section != nullptr) BALLAST_SET(entries.strings, linked_strings(image, *section));
    if (!entries.strings) BALLAST_SET(entries.strings, addressed_strings(image, entries));
    return entries;
}

// Where the version requirements lie, and their strings.
struct VersionTable {
    Elf_Data* data = nullptr;  // nullptr when there is none
    ElfImage::Bytes strings;
};

Result<VersionTable> find_versions(const ElfImage& image, const DynamicEntries& entries) {
    constexpr std::string_view k_fault = "has its version requirements beyond its end";
    VersionTable table;
    if (const GElf_Shdr* section = image.section_of_type(SHT_GNU_verneed); section != nullptr) {
        if (section->sh_size == 0) return table;
        BALLAST_TRY(const auto strings, linked_strings(image, *section));
        if (!strings) return image.corrupt("has version requirements without their strings");
        BALLAST_TRY(table.data, image.converted(section->sh_offset, section->sh_size, ELF_T_VNEED, k_fault));
        table.strings = *strings;
    } else if (entries.versions_address && entries.strings) {
        const auto place = image.place_of(*entries.versions_address);
        if (!place) return image.corrupt(k_fault);
        const std::uint64_t size = std::min(place->size, k_max_unmeasured_bytes);
        BALLAST_TRY(table.data, image.converted(place->offset, size, ELF_T_VNEED, k_fault));
        table.strings = *entries.strings;
    }
    return table;
}

void keep_highest(std::string& highest, std::string_view version) {
    const bool numeric =
        !version.empty() && version.find_first_not_of("0123456789.") == std::string_view::npos;
    if (numeric && (highest.empty() || version_before(highest, version))) highest = version;
}

void take_version(ElfInfo& info, std::string_view name) {
    constexpr std::string_view k_glibc = "GLIBC_";
    constexpr std::string_view k_glibcxx = "GLIBCXX_";
    // Not a version by its name, but one that only glibc 2.36 and later provides (its NEWS, 2.36).
    if (name == "GLIBC_ABI_DT_RELR") name = "GLIBC_2.36";
    if (name == "GLIBC_PRIVATE") info.glibc_part = true;
    if (name.starts_with(k_glibc)) keep_highest(info.glibc, name.substr(k_glibc.size()));
    if (name.starts_with(k_glibcxx)) keep_highest(info.glibcxx, name.substr(k_glibcxx.size()));
}

// Walks the list of lists that version requirements are (LSB Core, "Symbol Version Requirements"): each
// next entry lies further on, by an offset in the entry before. Offsets that do not move, or lists that
// share their entries, would make the work unbounded, so that the entries read are counted.
Result<void> read_versions(const ElfImage& image, const VersionTable& table, ElfInfo& info) {
    if (table.data == nullptr) return {};
    const std::size_t most_steps = std::min(table.data->d_size / sizeof(Elf32_Vernaux) + 1, k_max_versions);
    std::size_t steps = 0;
    const auto position = [](std::uint64_t offset) { return static_cast<int>(offset); };
    const auto inside = [&](std::uint64_t offset) {
        return offset < std::min<std::size_t>(table.data->d_size, INT32_MAX);
    };
    std::uint64_t file_at = 0;
    for (;;) {
        GElf_Verneed file;
        if (!inside(file_at) || gelf_getverneed(table.data, position(file_at), &file) == nullptr) {
            return image.corrupt("has damaged version requirements");
        }
        std::uint64_t version_at = file_at + file.vn_aux;
        for (unsigned i = 0; i < file.vn_cnt; ++i) {
            GElf_Vernaux version;
            if (++steps > most_steps || !inside(version_at) ||
                gelf_getvernaux(table.data, position(version_at), &version) == nullptr) {
                return image.corrupt("has damaged version requirements");
            }
            // ld.so only warns about a weak one that it does not find.
            if ((version.vna_flags & VER_FLG_WEAK) == 0) {
                BALLAST_TRY(const auto name, image.text(table.strings, version.vna_name));
                take_version(info, name);
            }
            if (version.vna_next == 0) break;
            version_at += version.vna_next;
        }
        if (file.vn_next == 0) return {};
        if (++steps > most_steps) return image.corrupt("has damaged version requirements");
        file_at += file.vn_next;
    }
}

std::vector<std::string> split_paths(std::string_view paths) {
    std::vector<std::string> split;
    while (!paths.empty()) {
        const std::size_t end = std::min(paths.find(':'), paths.size());
        if (end > 0) split.emplace_back(paths.substr(0, end));
        paths.remove_prefix(std::min(end + 1, paths.size()));
    }
    return split;
}

}  // namespace

Result<bool> read_dynamic(const ElfImage& image, ElfInfo& info) {
    BALLAST_TRY(const DynamicEntries entries, read_entries(image));
    info.dynamic = entries.present;
    const auto search_paths = entries.runpath ? entries.runpath : entries.rpath;
    const bool names_anything = !entries.needed.empty() || entries.soname || search_paths;
    if (names_anything && !entries.strings) return image.corrupt("has a dynamic section without its strings");
    for (const auto index : entries.needed) {
        BALLAST_TRY(const auto name, image.text(*entries.strings, index));
        info.needed.emplace_back(name);
    }
    if (entries.soname) {
        BALLAST_TRY(const auto name, image.text(*entries.strings, *entries.soname));
        info.soname = name;
    }
    if (search_paths) {
        BALLAST_TRY(const auto paths, image.text(*entries.strings, *search_paths, k_longest_search_path));
        info.search_paths = split_paths(paths);
    }
    BALLAST_TRY(const VersionTable versions, find_versions(image, entries));
    BALLAST_CHECK(read_versions(image, versions, info));
    return (entries.flags_1 & DF_1_PIE) != 0;
}

}  // namespace ballast
