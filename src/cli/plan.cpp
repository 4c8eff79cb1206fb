#include "cli/commands.hpp"
#include "cli/plan_report.hpp"
#include "program/common_flags.hpp"
#include "program/output.hpp"

namespace ballast {
namespace {

struct PlanFlags : ConfigFlags {
    std::string package;
    bool json = false;
};

Result<int> run_plan(const PlanFlags& flags) {
    BALLAST_TRY(const LoadedPackage loaded, load_package(flags.package, flags));
    BALLAST_TRY(const Plan plan, make_plan(loaded.inventory, loaded.config));
    for (const auto& warning : plan.warnings) warn(warning);
    BALLAST_CHECK(print(flags.json ? plan_json(loaded, plan) : plan_text(loaded, plan, colours_of_stdout())));
    return 0;
}

}  // namespace

void add_plan_command(Program& program) {
    Command command =
        program.add("plan", "Show what would leave a package and what would stay; write nothing");
    auto& flags = command.runs<PlanFlags>(run_plan);
    command.option("PACKAGE", flags.package, "a directory or a zip").required();
    add_config_flags(command, flags);
    add_json_flag(command, flags.json);
    command.examples(
        {"ballast plan function/", "ballast plan function.zip --include 'node_modules/**' --json"});
}

}  // namespace ballast
