#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <exception>

#include "base/file.hpp"
#include "base/interrupt.hpp"
#include "base/relative_path.hpp"
#include "cli/run_command.hpp"

namespace ballast {
namespace {

void print_error(const std::string& program, const Error& error) {
    std::string text =
        program + ": error: " + printable(error.object) + ": " + printable(error.message) + "\n";
    if (!error.hint.empty()) text += "hint: " + printable(error.hint) + "\n";
    std::fputs(text.c_str(), stderr);
}

int usage_status(const CLI::App& app, const CLI::ParseError& error, const std::string& program) {
    // --help and --version come as "errors" with status 0.
    if (error.get_exit_code() == 0) return app.exit(error);
    print_error(program,
                Error{ErrorCode::usage, "command line", error.what(), "see '" + program + " --help'"});
    return static_cast<int>(ErrorCode::usage);
}

}  // namespace

void add_version_flag(CLI::App& app, Action& action) {
    const auto show = [&app, &action] {
        action = [&app]() -> Result<int> {
            BALLAST_CHECK(print(app.get_name() + " " BALLAST_VERSION "\n"));
            return 0;
        };
    };
    app.add_flag_callback("--version", show, "Display program version information and exit");
}

int run_program(CLI::App& app, const Action& action, int argc, char** argv) {
    const std::string program = app.get_name();
    catch_interrupts();
    try {
        app.parse(argc, argv);
        if (!action) {
            std::fputs(app.help().c_str(), stderr);
            return static_cast<int>(ErrorCode::usage);
        }
        const auto result = action();
        if (result) return *result;
        print_error(program, result.error());
        return static_cast<int>(result.error().code);
    } catch (const CLI::ParseError& error) {
        return usage_status(app, error, program);
    } catch (const std::exception& error) {
        // Ours do not throw; a library or the allocator did.
        print_error(program, Error{ErrorCode::unavailable, "internal", error.what()});
        return static_cast<int>(ErrorCode::unavailable);
    }
}

void add_examples(CLI::App& command, const std::vector<std::string>& lines) {
    std::string footer = "Examples:";
    for (const auto& line : lines) footer += "\n  " + line;
    command.footer(footer);
}

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

}  // namespace ballast
