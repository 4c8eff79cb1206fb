#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "classify/inventory.hpp"
#include "config/config.hpp"

namespace ballast {

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

    std::optional<double> cold_ms_of(const std::string& group) const;
};

struct MeasureOptions {
    std::string run_program;               // the ballast-run to put in
    std::string scratch;                   // a directory of its own
    std::vector<std::string> groups = {};  // to hydrate on their own
    unsigned rounds = 5;
};

// Packs into scratch, pushes to the configuration's store, and hydrates `rounds` times into fresh roots with
// the ballast-run of the slim package, started as a user would. Errors: those of packing, of the store and of
// the disk; check_failed with the last words of a ballast-run that fails; interrupted.
Result<OffloadMeasure> measure_offload(const Inventory& inventory, const Config& config,
                                       const MeasureOptions& options);

}  // namespace ballast
