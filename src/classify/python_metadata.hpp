#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "classify/installed_packages.hpp"

namespace ballast {

// What the files of a *.dist-info or *.egg-info say. All of it is hostile: what makes no sense adds nothing.

// METADATA and PKG-INFO: fields as of mail (PyPA, "Core metadata"), up to the first empty line.
void parse_python_metadata(std::string_view text, InstalledPackage& installed);

// requires.txt, which setuptools writes beside a PKG-INFO that has no Requires-Dist: a requirement a line, in
// sections "[extra]", "[:marker]" or "[extra:marker]"; those before any hold always.
void parse_python_requires(std::string_view text, InstalledPackage& installed);

// Name and version, where they are still empty, from the directory's: "numpy-1.26.4.dist-info",
// "six-1.16.0-py3.11.egg-info".
void take_name_of_directory(InstalledPackage& installed);

// The name at the start of a requirement, "Flask_x[async]>=2 ; python_version < '3.11'" (PEP 508),
// normalised, and its condition. nullopt for what names nothing.
std::optional<Requirement> parse_python_requirement(std::string_view text);

// PEP 503: lower case, runs of '-', '_' and '.' as one '-'.
std::string normalised_python_name(std::string_view name);

// Takes the first line off the text; gives it without its end.
std::string_view take_line(std::string_view& text);

// Without white space at both ends.
std::string_view without_spaces(std::string_view text);

}  // namespace ballast
