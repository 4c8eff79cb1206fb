#include "hydrate/wanted_groups.hpp"

#include <algorithm>
#include <string_view>

#include "base/environment.hpp"

namespace ballast {
namespace {

constexpr const char* k_variable = "BALLAST_GROUPS";

std::vector<std::string> split(std::string_view text) {
    std::vector<std::string> names;
    for (;;) {
        const auto comma = std::min(text.find(','), text.size());
        auto name = text.substr(0, comma);
        while (name.starts_with(' ')) name.remove_prefix(1);
        while (name.ends_with(' ')) name.remove_suffix(1);
        names.emplace_back(name);
        if (comma == text.size()) return names;
        text.remove_prefix(comma + 1);
    }
}

Result<std::vector<std::string>> checked(std::vector<std::string> names, const char* name_in_errors) {
    if (names.size() == 1 && names.front() == k_whole_tree) return std::vector<std::string>();
    for (const auto& name : names) {
        if (name == k_whole_tree) {
            return fail(ErrorCode::usage, name_in_errors, "'*' is all of the tree, and stands alone",
                        "name groups, or '*'");
        }
        if (name.empty()) {
            return fail(ErrorCode::usage, name_in_errors, "an empty name",
                        "write groups as pdf,fonts, or '*' for all");
        }
    }
    return names;
}

}  // namespace

Result<std::vector<std::string>> wanted_groups(const Lock& lock, const std::vector<std::string>& named) {
    if (!named.empty()) return checked(named, "--group");
    if (const std::string text = environment(k_variable); !text.empty())
        return checked(split(text), k_variable);
    return lock.groups;
}

}  // namespace ballast
