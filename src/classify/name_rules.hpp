#pragma once

#include <cstdint>
#include <string_view>

// What the names of files say, apart from where they lie. The tables are in name_rules.cpp;
// docs/classify.md explains them.

namespace ballast {

// What a file is by its name alone.
enum class NameClass : std::uint8_t {
    code,           // what functions are written in, as source or byte code: .js, .py, .class
    script,         // what functions and system packages have alike: .sh, .pl, .lua
    text,           // what comes with them: .json, .html, .md, README, dot files
    configuration,  // .conf, .ini: of the function, or of a tool that lies beside
    media,          // pictures, sound, documents
    resource,       // what only executables and their libraries read: fonts, colour profiles, compiled caches
    unknown,
};
NameClass class_of_name(std::string_view path);

// Whether a name says that the file belongs to the function itself.
inline bool is_source_name(NameClass name) {
    return name == NameClass::code || name == NameClass::script || name == NameClass::text;
}

// Whether a file below a language dependency is not worth opening to look for ELF.
bool is_surely_text(std::string_view path);

// A library by its name, also where its content is a linker script: "libc.so", "libz.so.1", "libz.la".
bool is_library_name(std::string_view path);

// A file that makes its directory a project of somebody's, not a system tree: package.json, pyproject.toml.
bool is_project_file(std::string_view file_name);

}  // namespace ballast
