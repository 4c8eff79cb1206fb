#include "analyze/analyze.hpp"
#include "analyze/analysis_json.hpp"

#include <fmt/format.h>

#include <nlohmann/json.hpp>
#include <optional>

#include "analyze/analysis_page.hpp"
#include "analyze/analysis_text.hpp"
#include "analyze/baseline.hpp"
#include "analyze/baseline_report.hpp"
#include "base/file.hpp"
#include "base/json_text.hpp"
#include "base/size.hpp"
#include "cli/commands.hpp"
#include "cli/package_settings.hpp"
#include "package/open_package.hpp"
#include "program/common_flags.hpp"
#include "program/output.hpp"

namespace ballast {
namespace {

struct AnalyzeFlags : ConfigFlags {
    std::string package;
    std::string max_size;
    std::vector<std::string> layers;
    std::string html;
    std::string baseline;
    std::string max_growth;
    bool json = false;
    bool markdown = false;
};

Result<std::vector<Layer>> measure_layers(const std::vector<std::string>& paths,
                                          const PackageLimits& limits) {
    std::vector<Layer> layers;
    for (const auto& path : paths) {
        BALLAST_TRY(const auto package, open_package(path, limits));
        BALLAST_TRY(const Inventory inventory, Inventory::take(*package));
        layers.push_back(measure_layer(inventory));
    }
    if (layers.size() > k_max_layers)
        warn(fmt::format("{} layers: a function takes {} at most", layers.size(), k_max_layers));
    return layers;
}

Result<std::optional<Comparison>> compare(const AnalyzeFlags& flags, const Analysis& analysis,
                                          const std::optional<MaxGrowth>& max_growth) {
    if (flags.baseline.empty()) return std::optional<Comparison>();
    BALLAST_TRY(const std::string report, read_file(flags.baseline, k_max_report_bytes));
    BALLAST_TRY(Comparison comparison, compare_with_baseline(analysis, report, flags.baseline));
    comparison.max_growth = max_growth;
    return std::optional(std::move(comparison));
}

std::string output_of(const AnalyzeFlags& flags, const Analysis& analysis,
                      const std::optional<Comparison>& comparison) {
    if (flags.markdown) return analysis_markdown(analysis, comparison);
    if (flags.json) {
        auto json = analysis_json(analysis);
        if (comparison) json["baseline"] = comparison_json(*comparison);
        return json_text(json);
    }
    std::string text = analysis_text(analysis, colours_of_stdout());
    if (comparison) text += comparison_text(*comparison, colours_of_stdout());
    return text;
}

Result<int> run_analyze(const AnalyzeFlags& flags) {
    std::optional<MaxGrowth> max_growth;
    if (!flags.max_growth.empty()) BALLAST_SET(max_growth, parse_max_growth(flags.max_growth));
    BALLAST_TRY(const LoadedPackage loaded, load_package_or_image(flags.package, flags));
    AnalyzeOptions options;
    if (!flags.html.empty()) options.tree_nodes = k_page_tree_nodes;
    options.max_unzipped_bytes = loaded.config.max_size;
    if (loaded.package->image() != nullptr) {
        options.max_unzipped_bytes = k_max_image_bytes;
        if (!flags.layers.empty())
            return fail(ErrorCode::usage, "--layer",
                        "a container image has its layers already, and takes no others");
    }
    if (!flags.max_size.empty()) BALLAST_SET(options.max_unzipped_bytes, parse_size(flags.max_size));
    BALLAST_TRY(options.layers,
                measure_layers(flags.layers, {.max_unpacked_bytes = loaded.config.max_unpacked}));
    BALLAST_TRY(const Analysis analysis, analyze(loaded.inventory, options));
    BALLAST_TRY(const auto comparison, compare(flags, analysis, max_growth));
    if (!flags.html.empty()) BALLAST_CHECK(write_report(analysis_page(analysis, comparison), flags.html));
    BALLAST_CHECK(print(output_of(flags, analysis, comparison)));
    if (!flags.max_size.empty() && analysis.unzipped.is_over()) {
        return fail(ErrorCode::check_failed, flags.package,
                    fmt::format("has {} bytes{}, more than the {} of --max-size", analysis.unzipped.bytes,
                                flags.layers.empty() ? "" : " with its layers", options.max_unzipped_bytes),
                    "see what would leave it with 'ballast plan'");
    }
    if (comparison && comparison->is_over()) {
        return fail(ErrorCode::check_failed, flags.package,
                    fmt::format("has {} bytes more than in {}, and --max-growth {} allows {}",
                                comparison->bytes(), flags.baseline, flags.max_growth,
                                comparison->max_growth->allowed(comparison->before)),
                    "what grew is listed above; write a new baseline when it is meant to");
    }
    return 0;
}

}  // namespace

void add_analyze_command(Program& program) {
    Command command = program.add("analyze", "Show what fills a package, against the platform's limits");
    auto& flags = command.runs<AnalyzeFlags>(run_analyze);
    command.option("PACKAGE", flags.package, "a directory, a zip, or what docker save wrote").required();
    command
        .option("--layer PATH", flags.layers,
                "a layer, as a directory or zip, that counts toward the limit; may be repeated")
        .repeatable();
    add_json_and_markdown_flags(command, flags.json, flags.markdown);
    add_html_flag(command, flags.html);
    const Option baseline = command.option("--baseline FILE", flags.baseline,
                                           "what 'analyze --json' wrote earlier: show what changed since");
    command
        .option("--max-growth SIZE", flags.max_growth,
                "exit with 1 when the package has grown by more since the baseline, like 5MB or 2%")
        .needs(baseline);
    command.option("--max-size SIZE", flags.max_size, "exit with 1 when the package is larger, like 250MB");
    command.examples({"ballast analyze function/", "ballast analyze function.zip --json --max-size 250MB"});
}

}  // namespace ballast
