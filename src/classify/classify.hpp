#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "elf/elf.hpp"
#include "package/entry_tree.hpp"
#include "package/package.hpp"

namespace ballast {

// What a file of a package is there for. Each file has exactly one; docs/classify.md has the rules.
enum class Category : std::uint8_t { source, language_dependencies, binaries, other };

inline constexpr std::array k_categories = {Category::source, Category::language_dependencies,
                                            Category::binaries, Category::other};

// As people read it: "source", "language dependencies", "executables and system libraries", "other".
std::string_view category_title(Category category);
// As programs read it: "source", "language_dependencies", "binaries", "other".
std::string_view category_name(Category category);

struct FileFacts {
    Category category = Category::other;
    // Which rule decided, in the words of docs/classify.md; static text. Empty for directories.
    std::string_view rule = {};
    std::optional<ElfInfo> elf = std::nullopt;  // of ELF files that can be read
    std::string elf_fault = {};                 // why an ELF file cannot be, as read_elf() says it
};

// One element an entry of package.entries(). A directory's category says nothing; a symlink has
// the category of what it leads to (for a directory: that of most bytes below it), `other` when it
// leads nowhere in the package.
//
// Opens the files that may be ELF files, in up to four threads, and reads ELF files whole, one at a time
// in each thread. A damaged ELF file is a fact, not an error. Errors: those of reading the package.
// REQUIRES: the tree is of package.entries().
Result<std::vector<FileFacts>> classify(const Package& package, const EntryTree& tree);

}  // namespace ballast
