#pragma once

#include <string>
#include <string_view>

#include "base/result.hpp"
#include "base/table.hpp"

// What both programs print.

namespace ballast {

// Prints to stdout. Errors: no_space and so on, when stdout cannot be written.
Result<void> print(std::string_view text);

// Prints "ballast: warning: <text>" to stderr, as one line.
void warn(const std::string& text);

// Prints "<program>: error: <object>: <what>" and "hint: ..." to stderr.
void print_error(const std::string& program, const Error& error);

// Colours only on a terminal, and not when NO_COLOR is set.
Colours colours_of_stdout();

}  // namespace ballast
