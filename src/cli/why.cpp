#include "analyze/why.hpp"
#include "analyze/why_report.hpp"

#include <memory>
#include <nlohmann/json.hpp>

#include "base/json_text.hpp"
#include "cli/commands.hpp"
#include "cli/package_settings.hpp"

namespace ballast {
namespace {

struct WhyFlags : ConfigFlags {
    std::string asked;
    std::string package = ".";
    bool json = false;
};

Result<int> run_why(const WhyFlags& flags) {
    BALLAST_TRY(const LoadedPackage loaded, load_package_or_image(flags.package, flags));
    BALLAST_TRY(const Why why, find_why(loaded.inventory, flags.asked));
    BALLAST_CHECK(print(flags.json ? json_text(why_json(why)) : why_text(why, colours_of_stdout())));
    return 0;
}

}  // namespace

void add_why_command(CLI::App& app, Action& action) {
    auto* command = app.add_subcommand("why", "Show who needs a library, a file or an installed package");
    const auto flags = std::make_shared<WhyFlags>();
    command
        ->add_option(
            "ENTRY", flags->asked,
            "a path in the package, a library's name like libz.so.1, or a package's name of npm or Python")
        ->required();
    command
        ->add_option("--package", flags->package,
                     "a directory, a zip, or what docker save wrote (default: .)")
        ->type_name("PACKAGE");
    command->add_flag("--json", flags->json, "print JSON");
    add_examples(*command, {"ballast why libicudata.so.72 --package function/",
                            "ballast why lodash --package function.zip --json"});
    command->callback([&action, flags] { action = [flags] { return run_why(*flags); }; });
}

}  // namespace ballast
