#include "analyze/analyze.hpp"

#include <fmt/format.h>

#include <memory>
#include <nlohmann/json.hpp>

#include "base/size.hpp"
#include "cli/commands.hpp"
#include "cli/package_settings.hpp"

namespace ballast {
namespace {

struct AnalyzeFlags : ConfigFlags {
    std::string package;
    std::string max_size;
    bool json = false;
};

Result<int> run_analyze(const AnalyzeFlags& flags) {
    BALLAST_TRY(const LoadedPackage loaded, load_package(flags.package, flags));
    AnalyzeOptions options;
    options.max_unzipped_bytes = loaded.config.max_size;
    if (!flags.max_size.empty()) {
        BALLAST_TRY(options.max_unzipped_bytes, parse_size(flags.max_size));
    }
    BALLAST_TRY(const Analysis analysis, analyze(*loaded.package, loaded.facts, options));
    BALLAST_CHECK(print(
        flags.json
            ? analysis_json(analysis).dump(2, ' ', false, nlohmann::json::error_handler_t::replace) + "\n"
            : analysis_text(analysis, colours_of_stdout())));
    if (flags.max_size.empty() || !analysis.unzipped.is_over()) return 0;
    return fail(ErrorCode::check_failed, flags.package,
                fmt::format("has {} bytes, more than the {} of --max-size", analysis.bytes,
                            options.max_unzipped_bytes),
                "see what would leave it with 'ballast plan'");
}

}  // namespace

void add_analyze_command(CLI::App& app, Action& action) {
    auto* command = app.add_subcommand("analyze", "Show what fills a package, against the platform's limits");
    const auto flags = std::make_shared<AnalyzeFlags>();
    command->add_option("PACKAGE", flags->package, "a directory or a zip")->required();
    command->add_flag("--json", flags->json, "print JSON");
    command->add_option("--max-size", flags->max_size, "exit with 1 when the package is larger, like 250MB")
        ->type_name("SIZE");
    add_examples(*command,
                 {"ballast analyze function/", "ballast analyze function.zip --json --max-size 250MB"});
    command->callback([&action, flags] { action = [flags] { return run_analyze(*flags); }; });
}

}  // namespace ballast
