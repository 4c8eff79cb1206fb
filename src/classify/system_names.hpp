#pragma once

#include <cstdint>
#include <string_view>

// What the names of directories say about system packages. The tables are in system_names.cpp;
// docs/classify.md explains them.

namespace ballast {

// The places of the Filesystem Hierarchy Standard, version 3.0, as far as packages carry them.
enum class SystemPlace : std::uint8_t { none, usr, programs, libraries, share, etc, var, opt, rest };
SystemPlace system_place(std::string_view directory_name);

// Directories that only system packages have directly in such a place: share/ghostscript, etc/fonts,
// lib/x86_64-linux-gnu.
bool is_system_directory(SystemPlace place, std::string_view directory_name);

// Directories of files without an extension that only executables read, wherever they lie: CMap, tessdata.
bool is_resource_directory(std::string_view directory_name);

}  // namespace ballast
