#include "compare/run_experiment.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <filesystem>

#include "base/size.hpp"
#include "compare/recommend.hpp"
#include "compare/ways.hpp"
#include "compare/workbench.hpp"

namespace ballast {
namespace {

// Of the tree's groups on their own, too.
Result<void> measure(const Inventory& inventory, const Config& config, MeasureOptions options,
                     Experiment& experiment) {
    for (const auto& part : experiment.offload.parts) {
        if (!part.group.empty()) options.groups.push_back(part.group);
    }
    auto measured = measure_offload(inventory, config, options);
    if (measured) {
        experiment.offload_measured = std::move(*measured);
    } else if (measured.error().code == ErrorCode::interrupted) {
        return pass_on(std::move(measured));
    } else {
        experiment.offload_fault = measured.error().object + ": " + measured.error().message;
    }
    return {};
}

}  // namespace

Result<Experiment> run_experiment(const Inventory& inventory, const Config& config,
                                  const CompareOptions& options, const Say& say) {
    // What cannot be done at the end is better known now.
    BALLAST_TRY(const Requests requests, open_requests(options.bill));
    Experiment experiment;
    experiment.package = inventory.package().name();
    experiment.limit_bytes = config.max_size;
    experiment.model = options.model;
    experiment.elsewhere = options.elsewhere;
    experiment.whole = measure_tree(inventory.entries(), nullptr, options.elsewhere.s3_files_threshold);
    experiment.bytes = experiment.whole.bytes;
    experiment.files = experiment.whole.files;

    say("copying the package");
    BALLAST_TRY(const Workbench bench, Workbench::create(inventory));
    BALLAST_TRY(experiment.executables, find_executables(bench, options.executables));
    const auto startable = std::ranges::count_if(experiment.executables,
                                                 [](const Executable& one) { return !one.argument.empty(); });
    const std::array tools = {options.strip, options.upx, options.gzexe};
    for (std::size_t i = 0; i < k_packers.size(); ++i) {
        if (tools[i].empty()) continue;
        say(fmt::format("{}: packing, and starting {} of {}", packer_name(k_packers[i]), startable,
                        counted(experiment.executables.size(), "program")));
        BALLAST_TRY(experiment.packed[i],
                    pack_executables(bench, experiment.executables, k_packers[i], tools[i], options.rounds,
                                     !options.executables.programs.empty()));
    }
    say("bundling with esbuild");
    BALLAST_TRY(experiment.bundle, bundle_node(bench, options.bundle));
    say("compressing samples of what would be offloaded");
    std::error_code error;
    const std::uint64_t run_bytes = std::filesystem::file_size(options.run_program, error);
    BALLAST_TRY(experiment.offload,
                predict_offload(inventory, config, options.model, options.elsewhere, run_bytes));
    if (options.measure && experiment.offload.missing.empty()) {
        say(fmt::format("packing for {}, and hydrating", config.store));
        BALLAST_TRY(std::string scratch, bench.scratch("offload"));
        BALLAST_CHECK(measure(inventory, config, {options.run_program, std::move(scratch)}, experiment));
    }
    experiment.ways = make_ways(experiment);
    price_ways(experiment.ways);
    BALLAST_CHECK(bill_ways(options.bill, requests, experiment));
    experiment.recommendation = recommend(experiment);
    return experiment;
}

}  // namespace ballast
