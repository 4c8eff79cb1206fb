#pragma once

#include <CLI/CLI.hpp>
#include <functional>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "hydrate/slim.hpp"

// What both programs share: how a command is registered, run, and how its failure is told.

namespace ballast {

// A command's work. The result is the exit status, 0 unless a check did not hold.
using Action = std::function<Result<int>()>;

// How a program finds slim packages: ballast reads directories and zips, ballast-run directories.
struct SlimSource {
    std::function<Result<Slim>(const std::string& path)> open;
    std::function<std::string()> default_path;
};

// Each adds one command, which sets `action` when it was chosen.
void add_hydrate_command(CLI::App& app, Action& action, const SlimSource& source);
void add_exec_command(CLI::App& app, Action& action, const SlimSource& source);
void add_wrapper_command(CLI::App& app, Action& action, const SlimSource& source);
void add_extension_command(CLI::App& app, Action& action, const SlimSource& source);
void add_doctor_command(CLI::App& app, Action& action, const SlimSource& source);
void add_path_command(CLI::App& app, Action& action, const SlimSource& source);

// --version. Not CLI11's own, which ends by an exception: the first one costs a static program 6 ms.
void add_version_flag(CLI::App& app, Action& action);

// "<program>: error: <object>: <what>" and "hint: ..." to stderr.
void print_error(const std::string& program, const Error& error);

// Parses the arguments and runs the command that was chosen. Prints errors; the result is the exit status.
int run_program(CLI::App& app, const Action& action, int argc, char** argv);

// Appends examples to a command's --help.
void add_examples(CLI::App& command, const std::vector<std::string>& lines);

// Prints to stdout. Errors: no_space and so on, when stdout cannot be written.
Result<void> print(std::string_view text);

}  // namespace ballast
