#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "classify/inventory.hpp"
#include "config/config.hpp"

namespace ballast {

// Where an entry of a package goes.
enum class Destination : std::uint8_t {
    stays,   // in the slim package
    leaves,  // into the tree
    both,    // a directory that holds some of each
};

// What leaves a package and what stays.
struct Plan {
    std::vector<Destination> destinations;  // by entry of the package
    std::vector<std::uint16_t> groups;      // by entry; index into group_names; only for what leaves
    std::vector<std::string> group_names;   // the configured ones in order, then "default" where it is needed
    std::uint64_t package_bytes = 0;
    std::uint64_t leaving_bytes = 0;
    std::uint64_t leaving_files = 0;
    std::uint64_t staying_files = 0;
    std::vector<std::string> warnings;

    std::uint64_t staying_bytes() const { return package_bytes - leaving_bytes; }
};

// A file leaves when `include` matches it (when there is no include: when it is classified as
// binaries) and `exclude` does not. A symlink goes where what it leads to goes; one that leads out of
// the package stays. An empty directory goes where everything around it goes.
// Errors: usage when the package is slim already, when nothing would leave, or when a group matches
// nothing.
Result<Plan> make_plan(const Inventory& inventory, const Config& config);

}  // namespace ballast
