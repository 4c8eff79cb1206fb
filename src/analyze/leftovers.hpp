#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "classify/inventory.hpp"

namespace ballast {

// What a running function hardly needs and often ships nevertheless. docs/analyze.md has the rules.
enum class Leftover : std::uint8_t {
    debug_files,
    source_maps,
    tests,
    type_declarations,
    development,
    documentation
};

inline constexpr std::array k_leftovers = {Leftover::debug_files, Leftover::source_maps,
                                           Leftover::tests,       Leftover::type_declarations,
                                           Leftover::development, Leftover::documentation};

// As people read it: "source maps". As programs read it: "source_maps".
std::string_view leftover_title(Leftover kind);
std::string_view leftover_name(Leftover kind);

// What each entry is, at most one; none of directories and symlinks. By names and places alone, but for
// debug files.
std::vector<std::optional<Leftover>> find_leftovers(const Inventory& inventory);

}  // namespace ballast
