#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "elf/elf_source.hpp"

namespace ballast {

// What an ELF file says of itself, as far as running it elsewhere depends on it. Read with libelf.
struct ElfInfo {
    enum class Kind : std::uint8_t { program, library, object };  // object: .o, core, debug file, unknown

    Kind kind = Kind::object;
    std::uint16_t machine = 0;        // EM_X86_64 and so on
    bool dynamic = false;             // has a dynamic section; false means fully static
    std::string interpreter;          // PT_INTERP, "" when there is none
    std::string soname;               // DT_SONAME
    std::vector<std::string> needed;  // DT_NEEDED, in order
    std::vector<std::string>
        search_paths;         // DT_RUNPATH, or DT_RPATH without one (as ld.so), split at ':', with $ORIGIN
    std::string glibc;        // the highest GLIBC_x.y version required, "2.34"; "" for none
    bool glibc_part = false;  // needs GLIBC_PRIVATE: works only with exactly its own glibc
    std::string glibcxx;      // the same of libstdc++'s GLIBCXX_x.y.z, "3.4.30"
    // What `strip` would take away without harm (elf_strip.hpp); none of an object.
    std::uint64_t debug_bytes = 0;   // debug information, and what describes it
    std::uint64_t symbol_bytes = 0;  // the symbol table that only debuggers and linkers read
    bool debug_file = false;         // nothing but what `objcopy --only-keep-debug` leaves
};

// No ELF file is smaller than a 32-bit header.
inline constexpr std::size_t k_smallest_elf_bytes = 52;

// Whether `start`, the first bytes of a file, are those of an ELF file.
bool is_elf(std::span<const std::byte> start);

// Errors: corrupt when the headers contradict the file; those of the source. Hostile input is safe: time
// and memory are linear in the file's size. `name` names the file in errors.
Result<ElfInfo> read_elf(ElfSource& file, const std::string& name);
Result<ElfInfo> read_elf(std::span<const std::byte> file, const std::string& name);

// "x86-64", "aarch64", or "machine 243".
std::string machine_name(std::uint16_t machine);

// Whether dotted version `left` is before `right`, number by number: "2.9" is before "2.34".
bool version_before(std::string_view left, std::string_view right);

}  // namespace ballast
