#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "elf/elf.hpp"
#include "package/package.hpp"

namespace ballast {

// What the first bytes of a file say, and of an ELF file all of it.
struct Content {
    enum class Kind : std::uint8_t { other, elf, archive, script };  // archive: of objects, "lib.a"

    Kind kind = Kind::other;
    std::optional<ElfInfo> elf = std::nullopt;
    std::string elf_fault = {};  // why an ELF file cannot be read
};

// Probes the files whose indices are given, in up to four threads; one element an index. Files too small
// to be anything but `other` are not opened. Errors: that of the first file, in the order given, that
// cannot be read.
Result<std::vector<Content>> probe_contents(const Package& package, const std::vector<std::size_t>& files);

}  // namespace ballast
