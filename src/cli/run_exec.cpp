#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <memory>

#include "cli/run_command.hpp"
#include "cli/run_environment.hpp"
#include "cli/run_settings.hpp"

namespace ballast {
namespace {

Result<int> execute(const RunFlags& flags, const std::vector<std::string>& program,
                    const SlimSource& source) {
    BALLAST_TRY(const RunSettings settings, load_run_settings(flags, source));
    BALLAST_TRY(HydrateReport report, hydrate_and_log(settings));
    // The lock goes with the program, so that no other version's hydration evicts the tree meanwhile.
    if (report.in_use) BALLAST_CHECK(report.in_use.keep_across_exec());
    for (const auto& [name, value] : tree_environment(settings.slim.lock, report.tree_path)) {
        ::setenv(name.c_str(), value.c_str(), 1);
    }
    std::vector<char*> argv;
    argv.reserve(program.size() + 1);
    for (const auto& argument : program) argv.push_back(const_cast<char*>(argument.c_str()));
    argv.push_back(nullptr);
    ::execvp(argv.front(), argv.data());
    return fail_errno(errno, program.front(), "cannot execute");
}

}  // namespace

void add_exec_command(CLI::App& app, Action& action, const SlimSource& source) {
    auto* command =
        app.add_subcommand("exec", "Hydrate, then run a program with the tree on PATH and LD_LIBRARY_PATH");
    struct Flags : RunFlags {
        std::vector<std::string> program;
    };
    const auto flags = std::make_shared<Flags>();
    add_run_flags(*command, *flags, WithGroups::yes);
    command->add_option("PROGRAM", flags->program, "the program and its arguments, behind '--'")->required();
    command->prefix_command(false);
    add_examples(*command, {app.get_name() + " exec -- gs --version",
                            app.get_name() + " exec --group pdf -- node handler.js"});
    command->callback([&action, flags, source] {
        action = [flags, source] { return execute(*flags, flags->program, source); };
    });
}

}  // namespace ballast
