#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <exception>

#include "base/file.hpp"
#include "base/interrupt.hpp"
#include "base/nearest_word.hpp"
#include "base/relative_path.hpp"
#include "program/command.hpp"

namespace ballast {
namespace {

// The first word that nobody expected, and what was probably meant.
Error unexpected_word(const CLI::App& app, const std::string& word) {
    std::vector<std::string> known;
    if (app.get_subcommands().empty()) {
        for (const auto* command : app.get_subcommands({})) known.push_back(command->get_name());
        return {ErrorCode::usage, "command line", "'" + word + "' is no command", suggestion(word, known)};
    }
    const CLI::App* command = app.get_subcommands().front();
    const std::string what = "'" + word + "' was not expected";
    if (command->get_name() == "exec")
        return {ErrorCode::usage, "command line", what, "put '--' before the program and its arguments"};
    for (const auto* option : command->get_options()) {
        for (const auto& name : option->get_lnames()) known.push_back("--" + name);
    }
    const std::string nearest = word.starts_with("--") ? nearest_word(word, known) : "";
    return {ErrorCode::usage, "command line", what,
            nearest.empty() ? fmt::format("see '{} {} --help'", app.get_name(), command->get_name())
                            : "did you mean '" + nearest + "'?"};
}

int usage_status(const CLI::App& app, const CLI::ParseError& error, const std::string& program) {
    // --help comes as an "error" with status 0.
    if (error.get_exit_code() == 0) return app.exit(error);
    const auto unexpected = app.remaining(true);
    const bool is_unexpected =
        dynamic_cast<const CLI::ExtrasError*>(&error) != nullptr && !unexpected.empty();
    print_error(program, is_unexpected ? unexpected_word(app, unexpected.front())
                                       : Error{ErrorCode::usage, "command line", error.what(),
                                               "see '" + program + " --help'"});
    return static_cast<int>(ErrorCode::usage);
}

// A flag with an empty value is a variable that was not set, as in --version "$TAG": to pass over it
// would mean another version than was meant. A program's own arguments may be empty.
Result<void> check_not_empty(const CLI::App& command) {
    for (const auto* option : command.get_options()) {
        if (option->count() == 0 || option->get_items_expected_max() == 0) continue;
        const auto& values = option->results();
        const auto end = option->get_positional() ? values.begin() + 1 : values.end();
        if (std::find(values.begin(), end, "") != end)
            return fail(ErrorCode::usage, option->get_name(), "is empty", "leave it out, or say what it is");
    }
    for (const auto* chosen : command.get_subcommands()) BALLAST_CHECK(check_not_empty(*chosen));
    return {};
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

void print_error(const std::string& program, const Error& error) {
    std::string text =
        program + ": error: " + printable(error.object) + ": " + printable(error.message) + "\n";
    if (!error.hint.empty()) text += "hint: " + printable(error.hint) + "\n";
    std::fputs(text.c_str(), stderr);
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
        const auto usable = check_not_empty(app);
        const auto result = usable ? action() : Result<int>(tl::unexpected<Error>(usable.error()));
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
