#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "classify/inventory.hpp"
#include "compare/elsewhere.hpp"
#include "config/config.hpp"
#include "pack/cold_start.hpp"
#include "pack/plan.hpp"

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
ElsewhereTree measure_tree(const std::vector<Entry>& entries, const Plan* plan, double threshold);

// Compresses samples of each group as `pack` would, and asks the time model (pack/cold_start.hpp).
// `run_bytes`: of the ballast-run that the slim package will hold.
// Errors: those of reading the package; interrupted.
Result<OffloadPrediction> predict_offload(const Inventory& inventory, const Config& config,
                                          const TimeModel& model, const ElsewhereModel& elsewhere,
                                          std::uint64_t run_bytes);

}  // namespace ballast
