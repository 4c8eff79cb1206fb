#include <memory>

#include "hydrate/report.hpp"
#include "program/command.hpp"
#include "run/settings.hpp"

namespace ballast {

void add_hydrate_command(CLI::App& app, Action& action, const SlimSource& source) {
    auto* command =
        app.add_subcommand("hydrate", "Bring a slim package's tree, or groups of it, into this context");
    struct Flags : RunFlags {
        bool json = false;
    };
    const auto flags = std::make_shared<Flags>();
    add_run_flags(*command, *flags, WithGroups::yes);
    command->add_flag("--json", flags->json, "print what was done as JSON instead of the tree's path");
    add_examples(*command,
                 {app.get_name() + " hydrate",
                  app.get_name() + " hydrate --package slim --root /tmp/ballast --group pdf --json"});
    command->callback([&action, flags, source] {
        action = [flags, source]() -> Result<int> {
            BALLAST_TRY(const Slim slim, open_slim(*flags, source));
            BALLAST_TRY(const HydrateOptions options, read_options(*flags, slim.lock));
            BALLAST_TRY(const HydrateReport report, hydrate_and_log(slim, options));
            BALLAST_CHECK(print((flags->json ? report_json(slim.lock, report) : report.tree_path) + "\n"));
            return 0;
        };
    });
}

}  // namespace ballast
