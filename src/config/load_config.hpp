#pragma once

#include <optional>
#include <string>

#include "base/result.hpp"
#include "config/config.hpp"

namespace ballast {

// A configuration's text, and the name that errors give it.
struct ConfigText {
    std::string text;
    std::string name_in_errors;
};

// Reads a configuration that the user named. Errors: those of reading the file.
Result<ConfigText> read_config(const std::string& path);

// `given`, else ballast.toml inside a package directory or beside a zip or directory, whichever exists
// (inside first); defaults when neither does. Then BALLAST_NAME, BALLAST_STORE and BALLAST_ROOT of the
// environment, where set and not empty. A name that nothing gave is made from the package's file
// name. Errors: as parse_config; those of reading the file.
Result<Config> load_config(const std::string& package_path, const std::optional<ConfigText>& given = {});

// The name made from a package's path: its file name without ".zip", other characters as '-'.
std::string default_name(const std::string& package_path);

}  // namespace ballast
