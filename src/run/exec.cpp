#include <memory>

#include "program/command.hpp"
#include "run/execute.hpp"
#include "run/settings.hpp"

namespace ballast {

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
        action = [flags, source] { return hydrate_and_execute(*flags, flags->program, source); };
    });
}

}  // namespace ballast
