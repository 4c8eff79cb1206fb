// ballast-run: the start-up program that `ballast pack` puts into every slim package.

#include <malloc.h>
#include <nss.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <climits>
#include <cstdlib>
#include <string>

#include "cli/run_command.hpp"

namespace {

bool is_slim_package(const std::string& directory) {
    struct stat info = {};
    return ::stat((directory + "/" + std::string(ballast::k_lock_file)).c_str(), &info) == 0;
}

// Where this program lies, which is in its slim package; the function's directory where it came in a layer,
// which extensions are not told of.
std::string default_package() {
    std::array<char, PATH_MAX> buffer = {};
    const auto length = ::readlink("/proc/self/exe", buffer.data(), buffer.size());
    std::string own(buffer.data(), length > 0 ? static_cast<std::size_t>(length) : 0);
    const auto slash = own.find_last_of('/');
    own = slash == std::string::npos ? "." : own.substr(0, slash);
    if (is_slim_package(own)) return own;
    const char* task_root = std::getenv("LAMBDA_TASK_ROOT");
    if (task_root != nullptr && *task_root != '\0') return task_root;
    const std::string usual = "/var/task";
    return is_slim_package(usual) ? usual : own;
}

}  // namespace

int main(int argc, char** argv) {
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
    const ballast::SlimSource source{&ballast::open_slim_directory, &default_package};
    ballast::add_hydrate_command(app, action, source);
    ballast::add_exec_command(app, action, source);
    ballast::add_path_command(app, action, source);
    ballast::add_wrapper_command(app, action, source);
    ballast::add_extension_command(app, action, source);
    ballast::add_doctor_command(app, action, source);
    return ballast::run_program(app, action, argc, argv);
}
