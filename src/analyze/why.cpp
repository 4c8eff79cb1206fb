#include "analyze/why.hpp"

#include <algorithm>
#include <functional>
#include <iterator>
#include <optional>
#include <string_view>
#include <utility>

#include "analyze/need_graph.hpp"
#include "analyze/package_graph.hpp"
#include "base/relative_path.hpp"
#include "classify/installed_packages.hpp"
#include "classify/python_metadata.hpp"

namespace ballast {
namespace {

std::string_view without_ends(std::string_view path) {
    while (path.starts_with("./")) path.remove_prefix(2);
    while (path.size() > 1 && path.ends_with('/')) path.remove_suffix(1);
    return path;
}

std::string shown(const InstalledPackage& one) {
    return one.version.empty() ? one.name : one.name + " " + one.version;
}

// Asks a graph what needs a node.
struct Explainer {
    NeedGraph graph;
    std::function<std::string(std::size_t)> name_of;
    std::function<bool(std::size_t)> is_start;
    NeedChain::Start start;  // of chains from such a start,
    NeedChain::Start other;  // and from what nothing needs

    NeededThing explain(std::size_t node, const std::string& path, std::uint64_t bytes) const {
        NeededThing thing = {name_of(node), path, bytes};
        for (const auto& edge : graph.needers(node))
            thing.needed_by.push_back({name_of(edge.needer), edge.as});
        for (const auto& way : graph.ways_to(node, is_start)) {
            NeedChain chain = {is_start(way.front()) ? start : other, {}};
            std::ranges::transform(way, std::back_inserter(chain.steps), name_of);
            thing.chains.push_back(std::move(chain));
        }
        std::ranges::stable_sort(thing.chains, {}, &NeedChain::start);
        return thing;
    }
};

class WhyFinder {
  public:
    WhyFinder(const Inventory& inventory, InstalledPackages installed)
        : m_inventory(inventory),
          m_facts(inventory.facts()),
          m_tree(inventory.tree()),
          m_installed(std::move(installed)) {}

    Result<Why> find(const std::string& asked) {
        m_why.asked = asked;
        const std::string path(without_ends(asked));
        if (const auto found = entry_at(path)) {
            BALLAST_CHECK(take_entry(*found));
        } else if (!path.empty()) {
            take_libraries(path);
            take_packages(path);
        }
        if (m_files.empty() && m_packages.empty()) {
            return fail(
                ErrorCode::not_found, asked,
                "is not a path, library or installed package of " + m_inventory.package().name(),
                "name a file as 'ballast analyze --json' lists it, a library like libz.so.1, or a package");
        }
        explain_files();
        BALLAST_CHECK(explain_packages());
        return std::move(m_why);
    }

  private:
    std::optional<std::size_t> entry_at(const std::string& path) const {
        const auto found = m_tree.find(path);
        if (!found || m_tree.entry(*found).kind != EntryKind::symlink) return found;
        return m_tree.follow(path);
    }

    Result<void> take_entry(std::size_t index) {
        const Entry& entry = m_tree.entry(index);
        const std::size_t owner = m_installed.owner[index];
        const bool is_file = entry.kind == EntryKind::file;
        if (is_file) m_files.push_back(index);
        if (owner != InstalledPackages::k_none) m_packages.push_back(owner);
        if (is_file || owner != InstalledPackages::k_none) return {};
        return fail(ErrorCode::usage, entry.path, "is a directory that belongs to no installed package",
                    "name a file in it");
    }

    void take_libraries(const std::string& name) {
        for (std::size_t i = 0; i < m_tree.size(); ++i) {
            if (!m_facts[i].elf || m_tree.entry(i).kind != EntryKind::file) continue;
            if (m_facts[i].elf->soname == name || file_name(m_tree.entry(i).path) == name)
                m_files.push_back(i);
        }
        if (!m_files.empty()) return;
        for (std::size_t i = 0; i < m_tree.size(); ++i) {  // the name of a symlink, "libz.so"
            if (m_tree.entry(i).kind != EntryKind::symlink || file_name(m_tree.entry(i).path) != name)
                continue;
            const auto led = m_tree.follow(m_tree.entry(i).path);
            if (led && m_facts[*led].elf && std::ranges::find(m_files, *led) == m_files.end())
                m_files.push_back(*led);
        }
    }

    void take_packages(const std::string& asked) {
        const std::size_t at = asked.find('@', 1);  // a scope's own '@' comes first
        const std::string name = asked.substr(0, at);
        const std::string version = at == std::string::npos ? std::string() : asked.substr(at + 1);
        for (std::size_t i = 0; i < m_installed.list.size(); ++i) {
            const InstalledPackage& one = m_installed.list[i];
            const bool named = one.ecosystem == Ecosystem::npm
                                   ? one.name == name
                                   : normalised_python_name(one.name) == normalised_python_name(name);
            if (named && (version.empty() || version == one.version)) m_packages.push_back(i);
        }
    }

    void explain_files() {
        const auto is_program = [&](std::size_t i) {
            return m_facts[i].elf && m_facts[i].elf->kind == ElfInfo::Kind::program;
        };
        const auto path_of = [&](std::size_t i) { return m_tree.entry(i).path; };
        const Explainer explainer = {library_graph(m_inventory), path_of, is_program,
                                     NeedChain::Start::program, NeedChain::Start::loaded};
        for (const std::size_t file : m_files)
            m_why.files.push_back(explainer.explain(file, path_of(file), m_tree.entry(file).size));
    }

    Result<void> explain_packages() {
        if (m_packages.empty()) return {};
        BALLAST_TRY(const auto projects, find_projects(m_inventory, m_installed));
        const std::size_t installed = m_installed.list.size();
        const auto is_project = [&](std::size_t node) { return node >= installed; };
        const auto name_of = [&](std::size_t node) {
            return is_project(node) ? projects[node - installed].path : shown(m_installed.list[node]);
        };
        std::vector<std::uint64_t> bytes(installed);
        for (std::size_t i = 0; i < m_tree.size(); ++i) {
            if (m_installed.owner[i] != InstalledPackages::k_none)
                bytes[m_installed.owner[i]] += m_tree.entry(i).size;
        }
        const Explainer explainer = {package_graph(m_tree, m_installed, projects), name_of, is_project,
                                     NeedChain::Start::project, NeedChain::Start::independent};
        for (const std::size_t node : m_packages)
            m_why.packages.push_back(explainer.explain(node, m_installed.list[node].path, bytes[node]));
        return {};
    }

    const Inventory& m_inventory;
    const std::vector<FileFacts>& m_facts;
    const EntryTree& m_tree;
    InstalledPackages m_installed;
    std::vector<std::size_t> m_files;
    std::vector<std::size_t> m_packages;
    Why m_why;
};

}  // namespace

Result<Why> find_why(const Inventory& inventory, const std::string& asked) {
    BALLAST_TRY(InstalledPackages installed, find_installed(inventory));
    return WhyFinder(inventory, std::move(installed)).find(asked);
}

}  // namespace ballast
