#include <fmt/format.h>

#include <cstdio>
#include <filesystem>
#include <memory>
#include <nlohmann/json.hpp>

#include "base/json_text.hpp"
#include "cli/commands.hpp"
#include "cli/compare_bill.hpp"
#include "cli/compare_flags.hpp"
#include "cli/own_program.hpp"
#include "cli/store_flags.hpp"
#include "compare/experiment_json.hpp"
#include "compare/experiment_markdown.hpp"
#include "compare/experiment_page.hpp"
#include "compare/experiment_text.hpp"

namespace ballast {
namespace {

// What `ballast pack` is to be told, so that it does what this command was told.
OffloadCommands commands_of(const CompareFlags& flags) {
    OffloadCommands commands;
    std::error_code error;
    commands.ballast = std::filesystem::read_symlink("/proc/self/exe", error).string();
    commands.store = flags.store;
    commands.pack = {"pack", "--store", flags.store};
    commands.package = flags.package;
    const auto add = [&](const char* flag, const std::string& value) {
        if (!value.empty()) commands.pack.insert(commands.pack.end(), {flag, value});
    };
    add("--config", flags.config);
    add("--name", flags.name);
    for (const auto& pattern : flags.include) add("--include", pattern);
    for (const auto& pattern : flags.exclude) add("--exclude", pattern);
    return commands;
}

Result<int> run_compare(const CompareFlags& flags) {
    BALLAST_TRY(CompareOptions options, compare_options_of(flags));
    BALLAST_TRY(const std::string run_program, find_run_program({}));
    std::error_code error;
    options.run_bytes = std::filesystem::file_size(run_program, error);
    if (!flags.store.empty()) options.measure = commands_of(flags);
    // What cannot be done at the end is better known now.
    BALLAST_TRY(Requests requests, requests_of(flags));
    if (!flags.html.empty()) BALLAST_CHECK(check_report_target(flags.html));
    BALLAST_TRY(const LoadedPackage loaded, load_package(flags.package, flags));
    const Say say = [&](const std::string& step) {
        if (!flags.quiet) fmt::print(stderr, "compare: {}\n", step);
    };
    BALLAST_TRY(Experiment experiment,
                run_experiment(*loaded.package, loaded.facts, loaded.config, options, say));
    price_ways(experiment);
    BALLAST_CHECK(bill_ways(flags, requests, experiment));
    experiment.recommendation = recommend(experiment);
    if (!flags.html.empty()) BALLAST_CHECK(write_report(experiment_page(experiment), flags.html));
    BALLAST_CHECK(print(flags.json       ? json_text(experiment_json(experiment))
                        : flags.markdown ? experiment_markdown(experiment)
                                         : experiment_text(experiment, colours_of_stdout())));
    return 0;
}

}  // namespace

void add_compare_command(CLI::App& app, Action& action) {
    auto* command = app.add_subcommand(
        "compare",
        "Try the ways to slim a package, and say which is worth it: it may well be none of Ballast's");
    const auto flags = std::make_shared<CompareFlags>();
    add_compare_flags(*command, *flags);
    add_examples(*command, {"ballast compare function/",
                            "ballast compare function/ --program bin/gs --rate 0.05 --service 2s",
                            "ballast compare function.zip --store s3://bucket/ballast --html compare.html",
                            "ballast compare function/ --json > compare.json"});
    command->callback([&action, flags] { action = [flags] { return run_compare(*flags); }; });
}

}  // namespace ballast
