#pragma once

#include <string>

#include "program/command.hpp"

// Flags that mean the same in every command that has them.

namespace ballast {

Option add_json_flag(Command& command, bool& json);
// --json and --markdown, of which one may be given.
void add_json_and_markdown_flags(Command& command, bool& json, bool& markdown);
void add_html_flag(Command& command, std::string& file);
void add_quiet_flag(Command& command, bool& quiet);

}  // namespace ballast
