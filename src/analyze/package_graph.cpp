#include "analyze/package_graph.hpp"

#include <fmt/format.h>

#include <map>
#include <optional>
#include <string_view>
#include <unordered_map>

#include "analyze/followed_path.hpp"
#include "base/relative_path.hpp"
#include "classify/python_metadata.hpp"

namespace ballast {
namespace {

class PackageFinder {
  public:
    PackageFinder(const EntryTree& tree, const InstalledPackages& installed) : m_tree(tree) {
        for (std::size_t i = 0; i < installed.list.size(); ++i) {
            const auto& one = installed.list[i];
            if (one.ecosystem == Ecosystem::npm) {
                m_npm.emplace(one.path, i);
            } else {
                m_python[normalised_python_name(one.name)].push_back(i);
            }
        }
    }

    // `from`: the needer's directory, "" for the top.
    std::optional<std::size_t> npm(std::string_view from, const std::string& name) const {
        for (;;) {
            const bool is_modules = file_name(from) == "node_modules";
            if (!is_modules) {
                const std::string above = from.empty() ? std::string() : std::string(from) + "/";
                if (const auto found = npm_at(fmt::format("{}node_modules/{}", above, name))) return found;
            }
            if (from.empty()) return std::nullopt;
            from = parent_path(from);
        }
    }

    const std::vector<std::size_t>& python(const std::string& name) const {
        static const std::vector<std::size_t> k_none;
        const auto found = m_python.find(name);
        return found == m_python.end() ? k_none : found->second;
    }

  private:
    std::optional<std::size_t> npm_at(const std::string& path) const {
        if (const auto found = m_npm.find(path); found != m_npm.end()) return found->second;
        const auto entry = m_tree.find(path);
        if (!entry || m_tree.entry(*entry).kind != EntryKind::symlink) return std::nullopt;
        const auto led = followed_path(m_tree, path);
        if (!led) return std::nullopt;
        const auto found = m_npm.find(m_tree.entry(*led).path);
        return found == m_npm.end() ? std::nullopt : std::optional(found->second);
    }

    const EntryTree& m_tree;
    std::unordered_map<std::string_view, std::size_t> m_npm;  // by path
    std::map<std::string, std::vector<std::size_t>> m_python;
};

}  // namespace

NeedGraph package_graph(const EntryTree& tree, const InstalledPackages& installed,
                        const std::vector<Project>& projects) {
    const PackageFinder finder(tree, installed);
    NeedGraph graph(installed.list.size() + projects.size());
    const auto add = [&](std::size_t node, Ecosystem ecosystem, std::string_view directory,
                         const std::vector<Requirement>& needs) {
        for (const auto& need : needs) {
            if (ecosystem == Ecosystem::npm) {
                if (const auto found = finder.npm(directory, need.name))
                    graph.add(node, *found, need.condition);
                continue;
            }
            for (const std::size_t found : finder.python(need.name)) graph.add(node, found, need.condition);
        }
    };
    for (std::size_t i = 0; i < installed.list.size(); ++i)
        add(i, installed.list[i].ecosystem, installed.list[i].path, installed.list[i].needs);
    for (std::size_t i = 0; i < projects.size(); ++i)
        add(installed.list.size() + i, projects[i].ecosystem, parent_path(projects[i].path),
            projects[i].needs);
    return graph;
}

}  // namespace ballast
