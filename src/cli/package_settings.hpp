#pragma once

#include <memory>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "classify/inventory.hpp"
#include "config/config.hpp"
#include "package/open_package.hpp"
#include "program/command.hpp"

namespace ballast {

// The flags that override ballast.toml and the environment.
struct ConfigFlags {
    std::string config;
    std::string store;
    std::string root;
    std::string name;
    std::vector<std::string> include;
    std::vector<std::string> exclude;
};
void add_config_flags(Command& command, ConfigFlags& flags);

// A package and its inventory, and the configuration that holds for it.
struct LoadedPackage {
    Config config;
    std::unique_ptr<Package> package;
    Inventory inventory;
};
// Flags win over the environment, which wins over ballast.toml (--config, else inside the package, else
// beside it). The inventory refers to the package. Commands that only look take container images, too.
// Errors: those of load_config, open_package and Inventory::take; corrupt for a zip that is larger than its
// own ballast.toml allows.
Result<LoadedPackage> load_package(const std::string& path, const ConfigFlags& flags,
                                   Images images = Images::refused);

}  // namespace ballast
