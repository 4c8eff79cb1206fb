#include "compare/run_experiment.hpp"

#include <fmt/format.h>

#include <array>
#include <filesystem>

#include "compare/recommend.hpp"
#include "compare/ways.hpp"
#include "compare/workbench.hpp"

namespace ballast {
namespace {

std::size_t startable(const std::vector<Executable>& executables) {
    std::size_t count = 0;
    for (const auto& one : executables) count += one.argument.empty() ? 0U : 1U;
    return count;
}

}  // namespace

Result<Experiment> run_experiment(const Package& package, const std::vector<FileFacts>& facts,
                                  const Config& config, const CompareOptions& options, const Say& say) {
    Experiment experiment;
    experiment.package = package.name();
    experiment.limit_bytes = config.max_size;
    experiment.model = options.model;
    experiment.elsewhere = options.elsewhere;
    experiment.whole = measure_tree(package, nullptr, options.elsewhere.s3_files_threshold);
    experiment.bytes = experiment.whole.bytes;
    experiment.files = experiment.whole.files;

    say("copying the package");
    BALLAST_TRY(const Workbench bench, Workbench::create(package, facts));
    BALLAST_TRY(experiment.executables, find_executables(bench, options.executables));
    const std::array tools = {options.strip, options.upx, options.gzexe};
    for (std::size_t i = 0; i < k_packers.size(); ++i) {
        if (tools[i].empty()) continue;
        say(fmt::format("{}: packing, and starting {} of {} programs", packer_name(k_packers[i]),
                        startable(experiment.executables), experiment.executables.size()));
        BALLAST_TRY(experiment.packed[i],
                    pack_executables(bench, experiment.executables, k_packers[i], tools[i], options.rounds,
                                     !options.executables.programs.empty()));
    }
    say("bundling with esbuild");
    BALLAST_TRY(experiment.bundle, bundle_node(bench, options.bundle));
    say("compressing samples of what would be offloaded");
    BALLAST_TRY(experiment.offload,
                predict_offload(package, facts, config, options.model, options.elsewhere, options.run_bytes));
    if (options.measure && experiment.offload.missing.empty()) {
        say(fmt::format("packing for {}, and hydrating", options.measure->store));
        OffloadCommands commands = *options.measure;
        BALLAST_TRY(commands.scratch, bench.scratch("offload"));
        for (const auto& part : experiment.offload.parts) {
            if (!part.group.empty()) commands.groups.push_back(part.group);
        }
        auto measured = measure_offload(commands);
        if (measured) {
            experiment.offload_measured = std::move(*measured);
        } else if (measured.error().code == ErrorCode::check_failed) {
            experiment.offload_fault = measured.error().object + ": " + measured.error().message;
        } else {
            return pass_on(std::move(measured));
        }
    }
    experiment.ways = make_ways(experiment);
    return experiment;
}

}  // namespace ballast
