#pragma once

#include <cstddef>
#include <optional>
#include <string_view>

namespace ballast {

// What stands outside the quotes and comments of a TOML text, looked at before toml++ 3.3 reads it,
// for two things that it does not survive: a character that is not ASCII there (it steers into a
// __builtin_unreachable), and keys of many thousand dotted parts (it recurses once a part).
struct TomlScan {
    std::optional<std::size_t> non_ascii_line;  // 1 for the first; TOML 1.0 has no such character there
    std::size_t dots = 0;  // bounds how deep tables nest, together with toml++'s own limit
};

// Follows the grammar up to the first error, where toml++ stops too. A byte-order mark is skipped.
TomlScan scan_toml(std::string_view text);

}  // namespace ballast
