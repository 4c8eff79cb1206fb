#include <unistd.h>

#include <array>

#include "base/interrupt.hpp"
#include "program/output.hpp"
#include "run/commands.hpp"
#include "run/lambda_api.hpp"
#include "run/settings.hpp"

namespace ballast {
namespace {

struct ExtensionFlags : RunFlags {
    std::string name = "ballast";
    std::string registered;  // the identifier, once this program has executed itself
};

// Over a connection that is closed behind it, so that none goes through the exec.
Result<std::string> register_once(const std::string& name) {
    BALLAST_TRY(LambdaApi api, LambdaApi::find());
    return api.register_extension(name);
}

// Holds the tree in this process and the program that it becomes.
Result<void> hydrate_and_hold(const RunFlags& flags, const SlimSource& source) {
    BALLAST_TRY(const Slim slim, open_slim(flags, source));
    BALLAST_TRY(const HydrateOptions options, read_options(flags, slim.lock));
    BALLAST_TRY(HydrateReport report, hydrate_and_log(slim, options));
    if (report.in_use) BALLAST_CHECK(report.in_use.keep_across_exec());
    // What is kept across exec must not be closed before.
    static FileLock held;
    held = std::move(report.in_use);
    return {};
}

// What waits for hours, and goes into SnapStart's snapshot, is this program anew: none of hydration's memory,
// threads, connections and credentials is in it, only use.lock. Returns when the system does not allow it.
void become_one_that_waits(const ExtensionFlags& flags, const std::string& identifier) {
    std::array<std::string, 6> arguments = {"ballast-run", "extension",    "--name",
                                            flags.name,    "--registered", identifier};
    std::array<char*, arguments.size() + 1> argv = {};
    for (std::size_t i = 0; i < arguments.size(); ++i) argv.at(i) = arguments.at(i).data();
    ::execv("/proc/self/exe", argv.data());
}

Result<int> extend(const ExtensionFlags& flags, const std::string& program, const SlimSource& source) {
    std::string identifier = flags.registered;
    if (identifier.empty()) {
        BALLAST_TRY(identifier, register_once(flags.name));
        // A failure is told, and the context lives on: the handler's own call of ensure() hydrates again and
        // has its error in the invocation's response. Telling Lambda (/extension/init/error) lost: it ends
        // the context for handlers, too, that would have done without the tree or had better luck a second
        // later.
        const auto hydrated = hydrate_and_hold(flags, source);
        if (!hydrated) print_error(program, hydrated.error());
        become_one_that_waits(flags, identifier);
    }
    release_interrupts();
    BALLAST_TRY(LambdaApi api, LambdaApi::find());
    for (;;) {
        BALLAST_TRY(const std::string event, api.next_event(identifier));
        if (event == "SHUTDOWN") return 0;
    }
}

}  // namespace

void add_extension_command(Program& program, const SlimSource& source) {
    Command command = program.add(
        "extension",
        "Be a Lambda extension: hydrate beside the runtime's start, hold the tree, end on SHUTDOWN");
    auto& flags = command.runs<ExtensionFlags>(
        [source, name = program.name()](const ExtensionFlags& given) { return extend(given, name, source); });
    add_run_flags(command, flags, WithGroups::yes);
    command.option("--name NAME", flags.name,
                   "this extension's file name in /opt/extensions (default: ballast)");
    command.option("--registered", flags.registered, "").hidden();  // ours alone
    command.examples({"ballast layer --extension --out layer.zip      makes a layer that starts it",
                      "exec /opt/bin/ballast-run extension            in a script in /opt/extensions"});
}

}  // namespace ballast
