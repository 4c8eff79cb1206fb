#include "program/output.hpp"

#include <unistd.h>

#include <cstdio>

#include "base/environment.hpp"
#include "base/file.hpp"
#include "base/relative_path.hpp"

namespace ballast {

Result<void> print(std::string_view text) {
    return write_all(STDOUT_FILENO, as_bytes(text), "standard output");
}

void warn(const std::string& text) {
    std::fputs(("ballast: warning: " + printable(text) + "\n").c_str(), stderr);
}

void print_error(const std::string& program, const Error& error) {
    std::string text =
        program + ": error: " + printable(error.object) + ": " + printable(error.message) + "\n";
    if (!error.hint.empty()) text += "hint: " + printable(error.hint) + "\n";
    std::fputs(text.c_str(), stderr);
}

Colours colours_of_stdout() {
    return environment("NO_COLOR").empty() && ::isatty(STDOUT_FILENO) == 1 ? Colours::on : Colours::off;
}

}  // namespace ballast
