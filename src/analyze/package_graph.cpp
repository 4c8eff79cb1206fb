#include "analyze/package_graph.hpp"

#include <map>
#include <string_view>
#include <utility>

#include "base/relative_path.hpp"
#include "classify/npm_packages.hpp"
#include "classify/python_metadata.hpp"
#include "package/read_entry.hpp"

namespace ballast {
namespace {

constexpr std::size_t k_max_project_bytes = 4 << 20;

bool is_requirements_file(std::string_view name) {
    return name.starts_with("requirements") && name.ends_with(".txt");
}

std::vector<Requirement> parse_requirements(std::string_view text) {
    std::vector<Requirement> needs;
    while (!text.empty()) {
        const std::string_view line = take_line(text);
        // "-r other.txt", "--hash=...", "# why"
        if (line.empty() || line.front() == '-' || line.front() == '#' || line.front() == ' ') continue;
        if (auto need = parse_python_requirement(line.substr(0, line.find(" #"))))
            needs.push_back(std::move(*need));
    }
    return needs;
}

}  // namespace

Result<std::vector<Project>> find_projects(const Inventory& inventory, const InstalledPackages& installed) {
    std::vector<Project> projects;
    for (std::size_t i = 0; i < inventory.entries().size(); ++i) {
        const Entry& entry = inventory.entries()[i];
        if (entry.kind != EntryKind::file || installed.owner[i] != InstalledPackages::k_none) continue;
        const std::string_view name = file_name(entry.path);
        const bool npm = name == "package.json" && entry.path.find("node_modules/") == std::string::npos;
        if ((!npm && !is_requirements_file(name)) || entry.size > k_max_project_bytes) continue;
        BALLAST_TRY(const std::string text, read_start(inventory.package(), i, k_max_project_bytes));
        Project project = {entry.path, npm ? Ecosystem::npm : Ecosystem::python};
        project.needs =
            npm ? parse_package_json(text, DevDependencies::taken).needs : parse_requirements(text);
        projects.push_back(std::move(project));
    }
    return projects;
}

NeedGraph package_graph(const EntryTree& tree, const InstalledPackages& installed,
                        const std::vector<Project>& projects) {
    std::map<std::string, std::vector<std::size_t>> python;
    for (std::size_t i = 0; i < installed.list.size(); ++i) {
        const InstalledPackage& one = installed.list[i];
        if (one.ecosystem == Ecosystem::python) python[normalised_python_name(one.name)].push_back(i);
    }
    NeedGraph graph(installed.list.size() + projects.size());
    const auto add = [&](std::size_t node, Ecosystem ecosystem, std::string_view directory,
                         const std::vector<Requirement>& needs) {
        for (const auto& need : needs) {
            if (ecosystem == Ecosystem::npm) {
                if (const auto found = find_npm_package(tree, installed, directory, need.name))
                    graph.add(node, *found, need.condition);
            } else if (const auto found = python.find(need.name); found != python.end()) {
                for (const std::size_t needed : found->second) graph.add(node, needed, need.condition);
            }
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
