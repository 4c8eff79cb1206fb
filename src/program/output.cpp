#include "program/output.hpp"

#include <unistd.h>

#include <cerrno>
#include <cstdio>

#include "base/environment.hpp"
#include "base/relative_path.hpp"

namespace ballast {

Result<void> print(std::string_view text) {
    while (!text.empty()) {
        const auto count = ::write(STDOUT_FILENO, text.data(), text.size());
        if (count < 0) {
            if (errno == EINTR) continue;
            return fail_errno(errno, "standard output", "cannot write");
        }
        text.remove_prefix(static_cast<std::size_t>(count));
    }
    return {};
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
