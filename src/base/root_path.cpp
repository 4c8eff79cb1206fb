#include "base/root_path.hpp"

#include <fmt/format.h>

#include "base/relative_path.hpp"

namespace ballast {

std::optional<Fault> root_fault(std::string_view path) {
    if (!path.starts_with('/')) return Fault{"is not an absolute path", "write it like /tmp/ballast"};
    if (path.size() > 1024)
        return Fault{"is longer than 1024 bytes", "trees' own paths have to fit below it"};
    if (path.find('\0') != std::string_view::npos) return Fault{"holds a NUL byte"};
    if (path.find(':') != std::string_view::npos) {
        return Fault{"holds ':'",
                     "PATH and LD_LIBRARY_PATH, which will name directories below it, are split there"};
    }
    const auto components = split_components(path);
    if (components.empty()) {
        return Fault{"is the file system's top",
                     "hydrated trees are removed with all below them: name a directory"
                     " that nothing else uses, like /tmp/ballast"};
    }
    for (const auto component : components) {
        if (component == "." || component == "..") {
            return Fault{fmt::format("has a '{}' component", component), "write the path it leads to"};
        }
    }
    return std::nullopt;
}

}  // namespace ballast
