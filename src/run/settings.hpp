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

// A slim package with the settings that hold for it (hydrate/settings.hpp): flags win.
struct RunSettings {
    Slim slim;
    HydrateOptions options;
    std::string store;  // its URL
};
Result<RunSettings> load_run_settings(const RunFlags& flags, const SlimSource& source);

// Hydrates, and writes the log line of a cold start.
Result<HydrateReport> hydrate_and_log(const RunSettings& settings);

}  // namespace ballast
