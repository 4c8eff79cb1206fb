#pragma once

#include <cstdint>

#include "elf/elf_image.hpp"

namespace ballast {

// What `strip` takes away from a program or library: sections that are not loaded and hold debug
// information (.debug_*, .zdebug_*, .stab*, .line, .gdb_index) or the symbol table with its names, and
// their headers. The rest that is not loaded (.comment, .gnu_debuglink, .gnu_debugdata) is left by `strip`
// too. The sum is right to the padding
// between sections, a few bytes each (a test compares it with strip).
struct StrippableBytes {
    std::uint64_t debug = 0;
    std::uint64_t symbols = 0;
};

// A file whose sections' names cannot be read has nothing that can be stripped.
// REQUIRES: the image is a program or library, not an object, whose symbols a linker needs.
StrippableBytes find_strippable(const ElfImage& image);

}  // namespace ballast
