#include "analyze/need_graph.hpp"

#include <algorithm>
#include <deque>
#include <optional>
#include <string_view>
#include <unordered_map>

#include "base/relative_path.hpp"

namespace ballast {
namespace {

constexpr std::size_t k_nobody = static_cast<std::size_t>(-1);

// Finds the file that the loader would take for a DT_NEEDED name.
class Loader {
  public:
    explicit Loader(const Inventory& inventory) : m_facts(inventory.facts()), m_tree(inventory.tree()) {
        const auto& entries = inventory.entries();
        for (std::size_t i = 0; i < entries.size(); ++i) {
            if (entries[i].kind == EntryKind::directory) continue;
            const auto library = library_at(i);
            if (!library) continue;
            add_name(file_name(entries[i].path), *library);
            if (entries[i].kind == EntryKind::file) add_name(m_facts[i].elf->soname, i);
        }
    }

    std::vector<std::size_t> find(std::size_t needer, const std::string& name) const {
        const ElfInfo& elf = *m_facts[needer].elf;
        const std::string directory(parent_path(m_tree.entry(needer).path));
        if (name.find('/') != std::string::npos) return only(m_tree.follow(expanded(name, directory)), elf);
        for (const auto& path : elf.search_paths) {
            auto found = only(m_tree.follow(expanded(path, directory) + "/" + name), elf);
            if (!found.empty()) return found;
        }
        if (auto beside = only(m_tree.follow(directory + "/" + name), elf); !beside.empty()) return beside;
        const auto named = m_by_name.find(name);
        std::vector<std::size_t> fitting;
        if (named == m_by_name.end()) return fitting;
        for (const std::size_t i : named->second) {
            if (m_facts[i].elf->machine == elf.machine) fitting.push_back(i);
        }
        return fitting;
    }

  private:
    // The library that an entry is or leads to.
    std::optional<std::size_t> library_at(std::size_t index) const {
        const auto file = m_tree.entry(index).kind == EntryKind::symlink
                              ? m_tree.follow(m_tree.entry(index).path)
                              : std::optional(index);
        if (!file || !m_facts[*file].elf || m_facts[*file].elf->kind != ElfInfo::Kind::library)
            return std::nullopt;
        return file;
    }

    void add_name(std::string_view name, std::size_t library) {
        if (name.empty()) return;
        auto& known = m_by_name[std::string(name)];
        if (std::find(known.begin(), known.end(), library) == known.end()) known.push_back(library);
    }

    std::vector<std::size_t> only(const std::optional<std::size_t>& found, const ElfInfo& needer) const {
        if (!found || !m_facts[*found].elf || m_facts[*found].elf->machine != needer.machine) return {};
        return {*found};
    }

    // "$ORIGIN/../lib" in "usr/bin" is "usr/bin/../lib"; /var/task is where the package lies on Lambda.
    static std::string expanded(std::string path, const std::string& directory) {
        for (const std::string_view variable : {"$ORIGIN", "${ORIGIN}"}) {
            const std::size_t at = path.find(variable);
            if (at != std::string::npos)
                path.replace(at, variable.size(), directory.empty() ? "." : directory);
        }
        constexpr std::string_view k_task = "/var/task/";
        if (path.starts_with(k_task)) path.erase(0, k_task.size());
        while (path.starts_with('/')) path.erase(0, 1);
        return path;
    }

    const std::vector<FileFacts>& m_facts;
    const EntryTree& m_tree;
    std::unordered_map<std::string, std::vector<std::size_t>> m_by_name;
};

}  // namespace

void NeedGraph::add(std::size_t needer, std::size_t needed, const std::string& as) {
    if (needer == needed) return;
    auto& needers = m_needers[needed];
    if (needers.empty() || needers.back().needer != needer) needers.push_back({needer, as});
}

std::vector<std::vector<std::size_t>> NeedGraph::ways_to(
    std::size_t node, const std::function<bool(std::size_t)>& is_start) const {
    std::vector<std::size_t> next(m_needers.size(), k_nobody);  // the next one on the way to `node`
    std::deque<std::size_t> left = {node};
    std::vector<std::size_t> starts;
    next[node] = node;
    while (!left.empty()) {
        const std::size_t at = left.front();
        left.pop_front();
        if (at != node && (m_needers[at].empty() || is_start(at))) starts.push_back(at);
        for (const Edge& edge : m_needers[at]) {
            if (next[edge.needer] != k_nobody) continue;
            next[edge.needer] = at;
            left.push_back(edge.needer);
        }
    }
    std::sort(starts.begin(), starts.end());
    std::vector<std::vector<std::size_t>> ways;
    for (const std::size_t start : starts) {
        std::vector<std::size_t> way = {start};
        while (way.back() != node) way.push_back(next[way.back()]);
        ways.push_back(std::move(way));
    }
    return ways;
}

NeedGraph library_graph(const Inventory& inventory) {
    const auto& entries = inventory.entries();
    const auto& facts = inventory.facts();
    NeedGraph graph(entries.size());
    const Loader loader(inventory);
    for (std::size_t i = 0; i < entries.size(); ++i) {
        if (entries[i].kind != EntryKind::file || !facts[i].elf) continue;
        for (const auto& name : facts[i].elf->needed) {
            for (const std::size_t library : loader.find(i, name)) graph.add(i, library, name);
        }
    }
    return graph;
}

}  // namespace ballast
