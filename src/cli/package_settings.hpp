#pragma once

#include <memory>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "base/table.hpp"
#include "classify/inventory.hpp"
#include "config/config.hpp"
#include "package/package.hpp"
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
Result<LoadedPackage> load_package(const std::string& path, const ConfigFlags& flags);
// The same for commands that only look: they take container images too.
Result<LoadedPackage> load_package_or_image(const std::string& path, const ConfigFlags& flags);

}  // namespace ballast
