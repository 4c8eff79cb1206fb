#include "hydrate/environment.hpp"

#include <string_view>
#include <vector>

namespace ballast {
namespace {

constexpr std::string_view k_placeholder = "{tree}";

std::string replace_tree(std::string text, const std::string& tree_path) {
    for (auto at = text.find(k_placeholder); at != std::string::npos;
         at = text.find(k_placeholder, at + tree_path.size())) {
        text.replace(at, k_placeholder.size(), tree_path);
    }
    return text;
}

void put_before(std::map<std::string, std::string>& variables, const char* name,
                const std::vector<std::string>& directories, const std::string& tree_path,
                const PresentValue& present_value) {
    if (directories.empty()) return;
    std::string value;
    for (const auto& directory : directories) {
        if (!value.empty()) value += ':';
        value += directory == "." ? tree_path : tree_path + "/" + directory;
    }
    const std::string present = present_value(name);
    if (!present.empty()) value += ":" + present;
    variables[name] = std::move(value);
}

}  // namespace

std::map<std::string, std::string> tree_environment(const Lock& lock, const std::string& tree_path,
                                                    const PresentValue& present) {
    std::map<std::string, std::string> variables;
    put_before(variables, "PATH", lock.path, tree_path, present);
    put_before(variables, "LD_LIBRARY_PATH", lock.library_path, tree_path, present);
    for (const auto& [name, value] : lock.env) variables[name] = replace_tree(value, tree_path);
    variables["BALLAST_TREE"] = tree_path;
    return variables;
}

}  // namespace ballast
