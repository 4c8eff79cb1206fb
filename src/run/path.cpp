#include "base/relative_path.hpp"
#include "program/output.hpp"
#include "run/commands.hpp"
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

void add_path_command(Program& program, const SlimSource& source) {
    Command command = program.add("path", "Print where an entry of the tree is, after hydrating its group");
    struct Flags : RunFlags {
        std::string entry;
    };
    auto& flags =
        command.runs<Flags>([source](const Flags& given) { return print_path(given, given.entry, source); });
    command.option("ENTRY", flags.entry, "a path inside the tree, like usr/bin/gs").required();
    add_run_flags(command, flags, WithGroups::no);
    command.examples({"\"$(" + program.name() + " path usr/bin/gs)\" --version"});
}

}  // namespace ballast
