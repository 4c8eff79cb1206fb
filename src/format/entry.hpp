#pragma once

#include <cstdint>
#include <string>

namespace ballast {

// Stored in manifests; values must not change.
enum class EntryKind : std::uint8_t { file = 0, directory = 1, symlink = 2 };

// One path of a package or tree. Hard links are not told apart: each name is a file of its own, and
// files with equal bytes are stored once and hydrated as links of each other (docs/format.md).
struct Entry {
    std::string path;  // see base/relative_path.hpp
    EntryKind kind = EntryKind::file;
    std::uint16_t mode = 0;   // permission bits, 0 to 0777; 0777 for a symlink
    std::uint64_t size = 0;   // bytes of a file, else 0
    std::string target = {};  // of a symlink, else empty
};

inline constexpr std::uint16_t k_permission_bits = 0777;

}  // namespace ballast
