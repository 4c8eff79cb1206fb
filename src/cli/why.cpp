#include "analyze/why.hpp"
#include "analyze/why_report.hpp"

#include <nlohmann/json.hpp>

#include "base/json_text.hpp"
#include "cli/commands.hpp"
#include "cli/package_settings.hpp"
#include "program/common_flags.hpp"
#include "program/output.hpp"

namespace ballast {
namespace {

struct WhyFlags : ConfigFlags {
    std::string asked;
    std::string package = ".";
    bool json = false;
};

Result<int> run_why(const WhyFlags& flags) {
    BALLAST_TRY(const LoadedPackage loaded, load_package(flags.package, flags, Images::taken));
    BALLAST_TRY(const Why why, find_why(loaded.inventory, flags.asked));
    BALLAST_CHECK(print(flags.json ? json_text(why_json(why)) : why_text(why, colours_of_stdout())));
    return 0;
}

}  // namespace

void add_why_command(Program& program) {
    Command command = program.add("why", "Show what needs a library, a file or an installed package");
    auto& flags = command.runs<WhyFlags>(run_why);
    command
        .option("ENTRY", flags.asked,
                "a path in the package, a library's name like libz.so.1, or the name of an npm or Python "
                "package")
        .required();
    command.option("--package PACKAGE", flags.package,
                   "a directory, a zip, or what docker save wrote (default: .)");
    add_json_flag(command, flags.json);
    command.examples({"ballast why libicudata.so.72 --package function/",
                      "ballast why lodash --package function.zip --json"});
}

}  // namespace ballast
