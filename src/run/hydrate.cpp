#include "hydrate/report.hpp"
#include "program/output.hpp"
#include "run/commands.hpp"
#include "run/settings.hpp"

namespace ballast {
namespace {

struct HydrateFlags : RunFlags {
    bool json = false;
};

Result<int> run_hydrate(const HydrateFlags& flags, const SlimSource& source) {
    BALLAST_TRY(const Slim slim, open_slim(flags, source));
    BALLAST_TRY(const HydrateOptions options, read_options(flags, slim.lock));
    BALLAST_TRY(const HydrateReport report, hydrate_and_log(slim, options));
    BALLAST_CHECK(print((flags.json ? report_json(slim.lock, report) : report.tree_path) + "\n"));
    return 0;
}

}  // namespace

void add_hydrate_command(Program& program, const SlimSource& source) {
    Command command =
        program.add("hydrate", "Bring a slim package's tree, or groups of it, into this context");
    auto& flags = command.runs<HydrateFlags>(
        [source](const HydrateFlags& given) { return run_hydrate(given, source); });
    add_run_flags(command, flags, WithGroups::yes);
    command.flag("--json", flags.json, "print a report as JSON instead of the tree's path");
    command.examples({program.name() + " hydrate",
                      program.name() + " hydrate --package slim --root /tmp/ballast --group pdf --json"});
}

}  // namespace ballast
