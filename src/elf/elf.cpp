#include "elf/elf.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cstring>

#include "elf/elf_dynamic.hpp"
#include "elf/elf_image.hpp"
#include "elf/elf_strip.hpp"

namespace ballast {
namespace {

struct MachineName {
    std::uint16_t machine;
    std::string_view name;
};

constexpr std::array k_machine_names = {
    MachineName{EM_X86_64, "x86-64"},    MachineName{EM_AARCH64, "aarch64"},
    MachineName{EM_386, "x86 (32-bit)"}, MachineName{EM_ARM, "arm (32-bit)"},
    MachineName{EM_RISCV, "riscv"},      MachineName{EM_PPC64, "ppc64"},
    MachineName{EM_S390, "s390x"},       MachineName{EM_MIPS, "mips"},
};

// What `objcopy --only-keep-debug` leaves: the headers of the program, but none of its bytes.
bool is_debug_file(const ElfImage& image) {
    bool loaded = false;
    for (const auto& section : image.sections()) {
        if ((section.sh_flags & SHF_ALLOC) == 0 || section.sh_type == SHT_NOTE) continue;
        if (section.sh_type != SHT_NOBITS) return false;
        loaded = true;
    }
    return loaded;
}

Result<void> check_segments(const ElfImage& image) {
    for (const auto& segment : image.segments()) {
        if (segment.p_type == PT_LOAD && !image.contains(segment.p_offset, segment.p_filesz)) {
            return image.corrupt("is cut short: a segment to load lies beyond its end");
        }
    }
    return {};
}

Result<std::string> interpreter_of(const ElfImage& image) {
    const GElf_Phdr* segment = image.segment_of_type(PT_INTERP);
    if (segment == nullptr) return std::string();
    BALLAST_TRY(const auto bytes,
                image.range(segment->p_offset, segment->p_filesz, "names an interpreter beyond its end"));
    BALLAST_TRY(const auto path, image.text(bytes, 0));
    return std::string(path);
}

// A position-independent program and a library are both ET_DYN. Linkers mark programs with DF_1_PIE
// since 2018; before, only an interpreter told them apart, which libc.so.6 has too, but with a name.
ElfInfo::Kind kind_of(std::uint16_t type, const ElfInfo& info, bool marked_program) {
    if (type == ET_EXEC) return ElfInfo::Kind::program;
    if (type != ET_DYN) return ElfInfo::Kind::object;
    if (marked_program) return ElfInfo::Kind::program;
    return !info.interpreter.empty() && info.soname.empty() ? ElfInfo::Kind::program : ElfInfo::Kind::library;
}

}  // namespace

bool is_elf(std::span<const std::byte> start) {
    return start.size() >= SELFMAG && std::memcmp(start.data(), ELFMAG, SELFMAG) == 0;
}

Result<ElfInfo> read_elf(std::span<const std::byte> file, const std::string& name) {
    MemoryElfSource source(file);
    return read_elf(source, name);
}

Result<ElfInfo> read_elf(ElfSource& file, const std::string& name) {
    BALLAST_TRY(const ElfImage image, ElfImage::open(file, name));
    ElfInfo info;
    info.machine = image.header().e_machine;
    const std::uint16_t type = image.header().e_type;
    info.debug_file = is_debug_file(image);
    if ((type != ET_EXEC && type != ET_DYN) || info.debug_file) return info;
    BALLAST_CHECK(check_segments(image));
    BALLAST_TRY(info.interpreter, interpreter_of(image));
    BALLAST_TRY(const bool marked_program, read_dynamic(image, info));
    info.kind = kind_of(type, info, marked_program);
    const StrippableBytes strippable = find_strippable(image);
    info.debug_bytes = strippable.debug;
    info.symbol_bytes = strippable.symbols;
    return info;
}

std::string machine_name(std::uint16_t machine) {
    const auto* const found = std::find_if(k_machine_names.begin(), k_machine_names.end(),
                                           [&](const auto& known) { return known.machine == machine; });
    if (found != k_machine_names.end()) return std::string(found->name);
    return fmt::format("machine {}", machine);
}

bool version_before(std::string_view left, std::string_view right) {
    const auto take_number = [](std::string_view& version) {
        unsigned number = 0;
        const auto* const end = std::from_chars(version.data(), version.data() + version.size(), number).ptr;
        version.remove_prefix(static_cast<std::size_t>(end - version.data()));
        if (!version.empty()) version.remove_prefix(1);  // the dot
        return number;
    };
    while (!left.empty() || !right.empty()) {
        const unsigned left_number = take_number(left);
        const unsigned right_number = take_number(right);
        if (left_number != right_number) return left_number < right_number;
    }
    return false;
}

}  // namespace ballast
