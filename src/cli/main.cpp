// ballast: the build-time command.

#include "cli/commands.hpp"
#include "cli/slim_source.hpp"

// What is thrown before run_program(), which catches, is want of memory.
int main(int argc, char** argv) {  // NOLINT(bugprone-exception-escape)
    CLI::App app(
        "Takes heavy dependencies out of serverless packages, keeps them compressed and versioned in a "
        "store,\n"
        "and brings them back at start-up, once per execution context.",
        "ballast");
    app.require_subcommand(0, 1);
    ballast::Action action;
    ballast::add_version_flag(app, action);
    const ballast::SlimSource source{&ballast::open_slim_package, [] { return std::string("."); }};
    ballast::add_analyze_command(app, action);
    ballast::add_why_command(app, action);
    ballast::add_plan_command(app, action);
    ballast::add_pack_command(app, action);
    ballast::add_push_command(app, action);
    ballast::add_layer_command(app, action);
    ballast::add_hydrate_command(app, action, source);
    ballast::add_exec_command(app, action, source);
    ballast::add_path_command(app, action, source);
    ballast::add_doctor_command(app, action, source);
    ballast::add_verify_command(app, action, source);
    ballast::add_versions_command(app, action);
    ballast::add_diff_command(app, action);
    ballast::add_gc_command(app, action);
    ballast::add_compare_command(app, action);
    ballast::add_simulate_command(app, action);
    app.footer(
        "Exit status: 0 done, 1 a check did not hold, 2 usage, 3 not found, 4 corrupt or untrusted,\n"
        "5 permission, 6 store unavailable, 7 no space, 130 interrupted.");
    return ballast::run_program(app, action, argc, argv);
}
