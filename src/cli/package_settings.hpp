#pragma once

#include <CLI/CLI.hpp>
#include <memory>
#include <string>
#include <vector>

#include "base/progress.hpp"
#include "base/result.hpp"
#include "base/table.hpp"
#include "classify/inventory.hpp"
#include "config/config.hpp"
#include "package/package.hpp"

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
void add_config_flags(CLI::App& command, ConfigFlags& flags);

// A package and its inventory, and the configuration that holds for it.
struct LoadedPackage {
    Config config;
    std::unique_ptr<Package> package;
    Inventory inventory;
};
Result<LoadedPackage> load_package(const std::string& path, const ConfigFlags& flags);
// The same for commands that only look: they take container images too.
Result<LoadedPackage> load_package_or_image(const std::string& path, const ConfigFlags& flags);

// Warnings go to stderr, one line each.
void warn(const std::string& text);

// Colours only on a terminal, and not when NO_COLOR is set.
Colours colours_of_stdout();

}  // namespace ballast
