#include "run/commands.hpp"
#include "run/execute.hpp"
#include "run/settings.hpp"

namespace ballast {

void add_exec_command(Program& program, const SlimSource& source) {
    Command command =
        program.add("exec", "Hydrate, then run a program with the tree on PATH and LD_LIBRARY_PATH");
    struct Flags : RunFlags {
        std::vector<std::string> program;
    };
    auto& flags = command.runs<Flags>(
        [source](const Flags& given) { return hydrate_and_execute(given, given.program, source); });
    add_run_flags(command, flags, WithGroups::yes);
    command.option("PROGRAM", flags.program, "the program and its arguments, after '--'").required();
    command.examples(
        {program.name() + " exec -- gs --version", program.name() + " exec --group pdf -- node handler.js"});
}

}  // namespace ballast
