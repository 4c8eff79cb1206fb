#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <memory>
#include <nlohmann/json.hpp>

#include "base/relative_path.hpp"
#include "base/size.hpp"
#include "cli/commands.hpp"
#include "cli/plan_report.hpp"

namespace ballast {

void add_plan_command(CLI::App& app, Action& action) {
    auto* command =
        app.add_subcommand("plan", "Show what would leave a package and what would stay; writes nothing");
    struct Flags : ConfigFlags {
        std::string package;
        bool json = false;
    };
    const auto flags = std::make_shared<Flags>();
    command->add_option("PACKAGE", flags->package, "a directory or a zip")->required();
    add_config_flags(*command, *flags);
    command->add_flag("--json", flags->json, "print JSON");
    add_examples(*command,
                 {"ballast plan function/", "ballast plan function.zip --include 'node_modules/**' --json"});
    command->callback([&action, flags] {
        action = [flags]() -> Result<int> {
            BALLAST_TRY(const LoadedPackage loaded, load_package(flags->package, *flags));
            BALLAST_TRY(const Plan plan, make_plan(loaded.inventory, loaded.config));
            for (const auto& warning : plan.warnings) warn(warning);
            BALLAST_CHECK(
                print(flags->json ? plan_json(loaded, plan) : plan_text(loaded, plan, colours_of_stdout())));
            return 0;
        };
    });
}

}  // namespace ballast
