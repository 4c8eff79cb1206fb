#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "classify/classify.hpp"
#include "compare/elsewhere.hpp"
#include "config/config.hpp"
#include "pack/cold_start.hpp"
#include "pack/plan.hpp"
#include "package/package.hpp"

namespace ballast {

// One group of the tree, or all of it.
struct OffloadPart {
    std::string group;  // "" for all
    std::uint64_t bytes = 0;
    ColdStartWork work;
    ColdStartEstimate estimate;
};

// What `pack` would take out, and how long a cold start would wait for it, without packing.
struct OffloadPrediction {
    std::string missing;  // why nothing would leave; then nothing else is known
    std::uint64_t slim_bytes = 0;
    std::uint64_t leaving_bytes = 0;
    std::uint64_t leaving_files = 0;
    ElsewhereTree leaving = {};       // the same as files, for the arithmetic of mounts
    std::uint64_t sampled_bytes = 0;  // what was compressed to find the ratios
    std::vector<OffloadPart> parts;   // all first, then each group that the configuration names
};

// The files that a plan takes out, or, without one, all. `threshold`: from where on a file is large.
ElsewhereTree measure_tree(const Package& package, const Plan* plan, double threshold);

// Compresses samples of each group as `pack` would, and asks the time model (pack/cold_start.hpp).
// `run_bytes`: of the ballast-run that the slim package will hold. REQUIRES: facts = classify(package).
// Errors: those of reading the package; interrupted.
Result<OffloadPrediction> predict_offload(const Package& package, const std::vector<FileFacts>& facts,
                                          const Config& config, const TimeModel& model,
                                          const ElsewhereModel& elsewhere, std::uint64_t run_bytes);

// How long it took here.
struct OffloadMeasure {
    std::string store;
    std::string version;
    std::uint64_t slim_bytes = 0;
    std::uint64_t fetched_bytes = 0;  // by a cold start of all
    unsigned rounds = 0;
    double warm_ms = 0;  // a start of ballast-run that finds the tree
    struct Part {
        std::string group;  // "" for all
        double cold_ms = 0;
    };
    std::vector<Part> parts;
};

// The program's own commands, to be run as a user would run them.
struct OffloadCommands {
    std::string ballast;            // the program
    std::vector<std::string> pack;  // "pack", and flags but for --out
    std::string package;
    std::string store;                // for people
    std::string scratch;              // a directory of its own
    std::vector<std::string> groups;  // to hydrate on their own
    unsigned rounds = 5;
};

// Packs into scratch, pushes to the store, and hydrates `rounds` times into fresh roots with the ballast-run
// of the slim package. Errors: check_failed with the last words of a command that fails; those of the disk.
Result<OffloadMeasure> measure_offload(const OffloadCommands& commands);

}  // namespace ballast
