#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "hydrate/hydrate.hpp"
#include "program/command.hpp"
#include "run/slim_source.hpp"

namespace ballast {

// The flags that hydrate, exec and path share.
struct RunFlags {
    std::string package;
    std::string store;
    std::string root;
    std::string timeout;
    std::vector<std::string> groups;
};
enum class WithGroups : std::uint8_t { no, yes };
void add_run_flags(Command& command, RunFlags& flags, WithGroups groups);

Result<Slim> open_slim(const RunFlags& flags, const SlimSource& source);

// What holds for a hydration of the package (hydrate/settings.hpp): flags win.
Result<HydrateOptions> read_options(const RunFlags& flags, const Lock& lock);

// Hydrates, and writes the log line of a cold start.
Result<HydrateReport> hydrate_and_log(const Slim& slim, const HydrateOptions& options);

}  // namespace ballast
