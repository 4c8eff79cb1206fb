#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/result.hpp"

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
