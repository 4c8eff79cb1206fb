#include <unistd.h>

#include <cstdlib>
#include <cstring>
#include <string_view>
#include <vector>

#include "embed/calls.hpp"
#include "embed/handles.hpp"
#include "hydrate/environment.hpp"

namespace ballast {
namespace {

std::string_view name_of(std::string_view variable) {
    return variable.substr(0, variable.find('='));
}

std::vector<std::string> joined(const ballast_tree& tree, const char* const* base) {
    const PresentValue present = [base](const char* name) -> std::string {
        for (const auto* at = base; *at != nullptr; ++at) {
            const std::string_view variable(*at);
            const auto name_bytes = std::strlen(name);
            if (name_of(variable) == name && variable.size() > name_bytes)
                return std::string(variable.substr(name_bytes + 1));
        }
        return {};
    };
    const auto added = tree_environment(tree.slim->lock, tree.report.tree_path, present);
    std::vector<std::string> variables;
    for (const auto* at = base; *at != nullptr; ++at) {
        if (!added.contains(std::string(name_of(*at)))) variables.emplace_back(*at);
    }
    for (const auto& [name, value] : added) variables.push_back(name + "=" + value);
    return variables;
}

// One allocation, so that free() gives all of it back: the pointers, then what they point to.
char** copied(const std::vector<std::string>& variables) {
    std::size_t bytes = (variables.size() + 1) * sizeof(char*);
    for (const auto& variable : variables) bytes += variable.size() + 1;
    auto* const pointers = static_cast<char**>(std::malloc(bytes));
    if (pointers == nullptr) throw std::bad_alloc();
    char* text = reinterpret_cast<char*>(pointers + variables.size() + 1);
    for (std::size_t i = 0; i < variables.size(); ++i) {
        pointers[i] = text;
        std::memcpy(text, variables[i].c_str(), variables[i].size() + 1);
        text += variables[i].size() + 1;
    }
    pointers[variables.size()] = nullptr;
    return pointers;
}

}  // namespace
}  // namespace ballast

int ballast_tree_environment(const ballast_tree* tree, const char* const* base, char*** environment,
                             ballast_error** error) {
    *environment = nullptr;
    return ballast::guarded(error, [&]() -> ballast::Result<void> {
        *environment = ballast::copied(ballast::joined(*tree, base != nullptr ? base : ::environ));
        return {};
    });
}

void ballast_environment_free(char** environment) {
    std::free(environment);
}
