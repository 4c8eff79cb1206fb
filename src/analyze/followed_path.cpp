#include "analyze/followed_path.hpp"

#include "format/links.hpp"

namespace ballast {

std::optional<std::size_t> followed_path(const EntryTree& tree, std::string_view path) {
    const LinkLookup target_of = [&](std::string_view at) -> std::optional<std::string_view> {
        const auto found = tree.find(at);
        if (!found || tree.entry(*found).kind != EntryKind::symlink) return std::nullopt;
        return std::string_view(tree.entry(*found).target);
    };
    // As a symlink at the top would lead there.
    const auto led = resolve_link("-", path, target_of);
    if (!led || led->empty()) return std::nullopt;
    return tree.find(*led);
}

}  // namespace ballast
