// ballast-run: the start-up program that `ballast pack` puts into every slim package.

#include <malloc.h>
#include <nss.h>

#include "run/commands.hpp"

// What is thrown before Program::run(), which catches, is want of memory.
int main(int argc, char** argv) {  // NOLINT(bugprone-exception-escape)
    // Host names by what is linked in. The machine's nsswitch.conf may name modules, which a static program
    // would load with another C library than they were made for.
    __nss_configure_lookup("hosts", "files dns");
    // An arena a thread would keep what each fetching thread once had: 64 MB at the peak instead of 45.
    mallopt(M_ARENA_MAX, 2);
    ballast::Program program(
        "ballast-run",
        "Brings a slim package's dependencies into this context, once, and runs programs out of them.");
    const ballast::SlimSource source{&ballast::open_slim_directory, &ballast::default_slim_directory};
    ballast::add_hydrate_command(program, source);
    ballast::add_exec_command(program, source);
    ballast::add_path_command(program, source);
    ballast::add_wrapper_command(program, source);
    ballast::add_extension_command(program, source);
    ballast::add_doctor_command(program, source);
    return program.run(argc, argv);
}
