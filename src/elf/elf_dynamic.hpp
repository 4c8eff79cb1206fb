#pragma once

#include "base/result.hpp"
#include "elf/elf.hpp"
#include "elf/elf_image.hpp"

namespace ballast {

// Fills what the dynamic section and the version requirements say: dynamic, soname, needed, search_paths,
// glibc, glibcxx. The result is whether the linker marked the file as a program (DF_1_PIE).
// Errors: corrupt.
Result<bool> read_dynamic(const ElfImage& image, ElfInfo& info);

}  // namespace ballast
