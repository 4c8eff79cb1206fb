#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "classify/classify.hpp"
#include "compare/experiment.hpp"
#include "config/config.hpp"
#include "package/package.hpp"

namespace ballast {

struct CompareOptions {
    ExecutableOptions executables = {};
    BundleOptions bundle = {};
    unsigned rounds = 20;  // pairs of starts, at most
    std::string strip;     // where the tools are; "" for none
    std::string upx;
    std::string gzexe;
    TimeModel model = {};
    ElsewhereModel elsewhere = {};
    std::uint64_t run_bytes = 0;  // of ballast-run
    std::optional<OffloadCommands> measure = {};
};

// Makes the experiment, without bills and recommendation; takes a minute or more. `say` is told each step.
// REQUIRES: facts = classify(package). Errors: those of reading the package and of the disk; usage for a
// named program or entry that is not there; interrupted.
Result<Experiment> run_experiment(const Package& package, const std::vector<FileFacts>& facts,
                                  const Config& config, const CompareOptions& options, const Say& say);

}  // namespace ballast
