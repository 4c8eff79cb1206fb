#include <memory>

#include "base/relative_path.hpp"
#include "program/command.hpp"
#include "run/settings.hpp"

namespace ballast {
namespace {

Result<int> print_path(const RunFlags& flags, const std::string& entry, const SlimSource& source) {
    BALLAST_TRY(const Slim slim, open_slim(flags, source));
    BALLAST_TRY(HydrateOptions options, read_options(flags, slim.lock));
    BALLAST_TRY(const Manifest manifest, load_manifest(slim));
    BALLAST_TRY(options.groups, groups_for_entry(manifest, entry));
    BALLAST_TRY(const HydrateReport report, hydrate_and_log(slim, options));
    BALLAST_CHECK(print(report.tree_path + "/" + entry + "\n"));
    return 0;
}

}  // namespace

void add_path_command(CLI::App& app, Action& action, const SlimSource& source) {
    auto* command =
        app.add_subcommand("path", "Print where an entry of the tree is, hydrating its group first");
    struct Flags : RunFlags {
        std::string entry;
    };
    const auto flags = std::make_shared<Flags>();
    command->add_option("ENTRY", flags->entry, "a path inside the tree, like usr/bin/gs")->required();
    add_run_flags(*command, *flags, WithGroups::no);
    add_examples(*command, {"\"$(" + app.get_name() + " path usr/bin/gs)\" --version"});
    command->callback([&action, flags, source] {
        action = [flags, source] { return print_path(*flags, flags->entry, source); };
    });
}

}  // namespace ballast
