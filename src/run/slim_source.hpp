#pragma once

#include <functional>
#include <string>

#include "base/result.hpp"
#include "hydrate/slim.hpp"

namespace ballast {

// How a program finds slim packages: ballast reads directories and zips, ballast-run directories.
struct SlimSource {
    std::function<Result<Slim>(const std::string& path)> open;
    std::function<std::string()> default_path;
};

}  // namespace ballast
