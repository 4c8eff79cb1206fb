// ballast-run: the start-up program that `ballast pack` puts into every slim package.

#include <malloc.h>
#include <nss.h>

#include "program/command.hpp"

// What is thrown before run_program(), which catches, is want of memory.
int main(int argc, char** argv) {  // NOLINT(bugprone-exception-escape)
    // Host names by what is linked in. The machine's nsswitch.conf may name modules, which a static program
    // would load with another C library than they were made for.
    __nss_configure_lookup("hosts", "files dns");
    // An arena a thread would keep what each fetching thread once had: 64 MB at the peak instead of 45.
    mallopt(M_ARENA_MAX, 2);
    CLI::App app(
        "Brings a slim package's dependencies into this context, once, and runs programs out of them.",
        "ballast-run");
    app.require_subcommand(0, 1);
    ballast::Action action;
    ballast::add_version_flag(app, action);
    const ballast::SlimSource source{&ballast::open_slim_directory, &ballast::default_slim_directory};
    ballast::add_hydrate_command(app, action, source);
    ballast::add_exec_command(app, action, source);
    ballast::add_path_command(app, action, source);
    ballast::add_wrapper_command(app, action, source);
    ballast::add_extension_command(app, action, source);
    ballast::add_doctor_command(app, action, source);
    return ballast::run_program(app, action, argc, argv);
}
