#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"

// Paths inside a package or tree: relative, '/'-separated, no empty, "." or ".." component.
// They are bytes, not text: any encoding is kept as it is.

namespace ballast {

inline constexpr std::size_t k_max_path_bytes = 4095;      // Linux PATH_MAX less the NUL
inline constexpr std::size_t k_max_component_bytes = 255;  // ext4, xfs, tmpfs

// Why `path` cannot be an entry's path, or an empty text when it can.
std::string_view relative_path_fault(std::string_view path);

// Whether the symlink at `path` with `target` resolves, by its text alone, to somewhere inside the
// tree that holds it: not absolute, never climbing above the tree's top.
bool link_stays_inside(std::string_view path, std::string_view target);

// The path that the symlink at `path` names, "" for the tree's top. REQUIRES: link_stays_inside().
std::string link_destination(std::string_view path, std::string_view target);

// The order of entries everywhere: by component, so that a directory stands directly before all
// below it ('/' sorts below every other byte). Stored in formats; must not change.
bool path_before(std::string_view left, std::string_view right);

// The directory of `path`, "" at the top.
std::string_view parent_path(std::string_view path);
std::string_view file_name(std::string_view path);

// The path of `path` in `directory`, which is "" at the top.
std::string join_path(std::string_view directory, std::string_view path);

// ".so" of "lib/a.so"; empty when there is none or the name only starts with a dot.
std::string_view extension(std::string_view path);

std::vector<std::string_view> split_components(std::string_view path);

// The bytes as a person can read them on a terminal: control characters, marks that reorder text and
// broken UTF-8 as \xNN.
std::string printable(std::string_view path);

}  // namespace ballast
