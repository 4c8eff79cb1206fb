#include <fmt/format.h>

#include <cstdio>
#include <memory>
#include <nlohmann/json.hpp>

#include "base/json_text.hpp"
#include "cli/commands.hpp"
#include "cli/compare_flags.hpp"
#include "cli/own_program.hpp"
#include "cli/store_flags.hpp"
#include "compare/experiment_json.hpp"
#include "compare/experiment_page.hpp"
#include "compare/experiment_text.hpp"
#include "program/output.hpp"

namespace ballast {
namespace {

Result<int> run_compare(const CompareFlags& flags) {
    BALLAST_TRY(CompareOptions options, compare_options_of(flags));
    BALLAST_TRY(options.run_program, find_run_program({}));
    // What cannot be done at the end is better known now.
    if (!flags.html.empty()) BALLAST_CHECK(check_report_target(flags.html));
    BALLAST_TRY(const LoadedPackage loaded, load_package(flags.package, flags));
    const Say say = [&](const std::string& step) {
        if (!flags.quiet) fmt::print(stderr, "compare: {}\n", step);
    };
    BALLAST_TRY(const Experiment experiment, run_experiment(loaded.inventory, loaded.config, options, say));
    if (!flags.html.empty()) BALLAST_CHECK(write_report(experiment_page(experiment), flags.html));
    BALLAST_CHECK(print(flags.json       ? json_text(experiment_json(experiment))
                        : flags.markdown ? experiment_markdown(experiment)
                                         : experiment_text(experiment, colours_of_stdout())));
    return 0;
}

}  // namespace

void add_compare_command(Program& program) {
    Command command = program.add(
        "compare",
        "Try the ways to slim a package, and say which is worth it: it may well be none of Ballast's");
    add_compare_flags(command, command.runs<CompareFlags>(run_compare));
    command.examples({"ballast compare function/",
                      "ballast compare function/ --program bin/gs --rate 0.05 --service 2s",
                      "ballast compare function.zip --store s3://bucket/ballast --html compare.html",
                      "ballast compare function/ --json > compare.json"});
}

}  // namespace ballast
