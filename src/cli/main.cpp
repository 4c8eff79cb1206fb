// ballast: the build-time command.

#include "cli/commands.hpp"
#include "cli/slim_source.hpp"
#include "run/commands.hpp"

// What is thrown before Program::run(), which catches, is want of memory.
int main(int argc, char** argv) {  // NOLINT(bugprone-exception-escape)
    ballast::Program program(
        "ballast",
        "Takes heavy dependencies out of serverless packages, keeps them compressed and versioned in a "
        "store,\n"
        "and brings them back at start-up, once per execution context.");
    const ballast::SlimSource source{&ballast::open_slim_package, [] { return std::string("."); }};
    ballast::add_analyze_command(program);
    ballast::add_why_command(program);
    ballast::add_plan_command(program);
    ballast::add_pack_command(program);
    ballast::add_push_command(program);
    ballast::add_layer_command(program);
    ballast::add_hydrate_command(program, source);
    ballast::add_exec_command(program, source);
    ballast::add_path_command(program, source);
    ballast::add_doctor_command(program, source);
    ballast::add_verify_command(program, source);
    ballast::add_versions_command(program);
    ballast::add_diff_command(program);
    ballast::add_gc_command(program);
    ballast::add_compare_command(program);
    ballast::add_simulate_command(program);
    program.footer(
        "Exit status: 0 done, 1 a check did not hold, 2 usage, 3 not found, 4 corrupt or untrusted,\n"
        "5 permission, 6 store unavailable, 7 no space, 130 interrupted.");
    return program.run(argc, argv);
}
