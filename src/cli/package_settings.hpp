#pragma once

#include <memory>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "classify/classify.hpp"
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

// A package, what its files are, and the configuration that holds for it.
struct LoadedPackage {
    Config config;
    std::unique_ptr<Package> package;
    std::vector<FileFacts> facts;
    const ImageFacts* image = nullptr;  // of a container image's archive
};
Result<LoadedPackage> load_package(const std::string& path, const ConfigFlags& flags);
// The same for commands that only look: they take container images too.
Result<LoadedPackage> load_package_or_image(const std::string& path, const ConfigFlags& flags);

}  // namespace ballast
