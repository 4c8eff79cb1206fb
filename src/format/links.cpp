#include "format/links.hpp"

#include <algorithm>
#include <vector>

#include "base/relative_path.hpp"

namespace ballast {
namespace {

constexpr int k_max_links = 40;    // as Linux (MAXSYMLINKS)
constexpr int k_max_steps = 4096;  // no honest link walks further; bounds the work on hostile ones

// Pushes the components of `path` onto the stack of what is still to walk, the first on top.
void push_components(std::vector<std::string>& pending, std::string_view path) {
    const auto components = split_components(path);
    for (auto at = components.rbegin(); at != components.rend(); ++at) pending.emplace_back(*at);
}

}  // namespace

std::optional<std::string> resolve_link(std::string_view path, std::string_view target,
                                        const LinkLookup& lookup) {
    if (target.empty() || target.front() == '/') return std::nullopt;
    std::string at(parent_path(path));
    std::vector<std::string> pending;
    push_components(pending, target);
    int links = 1;
    for (int steps = 0; !pending.empty(); ++steps) {
        if (steps == k_max_steps) return std::nullopt;
        const std::string component = std::move(pending.back());
        pending.pop_back();
        if (component == ".") continue;
        if (component == "..") {
            if (at.empty()) return std::nullopt;
            at = std::string(parent_path(at));
            continue;
        }
        std::string next = join_path(at, component);
        const auto link = lookup(next);
        if (!link) {
            at = std::move(next);
            continue;
        }
        if (++links > k_max_links || link->empty() || link->front() == '/') return std::nullopt;
        push_components(pending, *link);
    }
    return at;
}

}  // namespace ballast
