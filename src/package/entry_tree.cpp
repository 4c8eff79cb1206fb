#include "package/entry_tree.hpp"

#include <algorithm>

#include "base/relative_path.hpp"
#include "format/links.hpp"

namespace ballast {

EntryTree::EntryTree(const std::vector<Entry>& entries) : m_entries(&entries) {
    m_parents.resize(entries.size());
    m_ends.resize(entries.size());
    std::vector<std::size_t> open;  // the directories around the current entry, outermost first
    for (std::size_t i = 0; i < entries.size(); ++i) {
        while (!open.empty() && !lies_in(entries[i].path, entries[open.back()].path)) {
            m_ends[open.back()] = i;
            open.pop_back();
        }
        m_parents[i] = open.empty() ? k_top : open.back();
        m_ends[i] = i + 1;
        if (entries[i].kind == EntryKind::directory) open.push_back(i);
    }
    for (const std::size_t directory : open) m_ends[directory] = entries.size();
}

std::optional<std::size_t> EntryTree::find(std::string_view path) const {
    const auto found = std::lower_bound(
        m_entries->begin(), m_entries->end(), path,
        [](const Entry& entry, std::string_view wanted) { return path_before(entry.path, wanted); });
    if (found == m_entries->end() || found->path != path) return std::nullopt;
    return static_cast<std::size_t>(found - m_entries->begin());
}

std::optional<std::size_t> EntryTree::follow(std::string_view path) const {
    const LinkLookup target_of = [&](std::string_view at) -> std::optional<std::string_view> {
        const auto found = find(at);
        if (!found || entry(*found).kind != EntryKind::symlink) return std::nullopt;
        return std::string_view(entry(*found).target);
    };
    // As a symlink at the top would lead there.
    const auto led = resolve_link("-", path, target_of);
    return led && !led->empty() ? find(*led) : std::nullopt;
}

std::optional<std::size_t> EntryTree::child(std::size_t directory, std::string_view name) const {
    if (directory == k_top) return find(name);
    std::string path = entry(directory).path;
    path += '/';
    path += name;
    return find(path);
}

}  // namespace ballast
