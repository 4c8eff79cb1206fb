#include "analyze/projects.hpp"

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
        const std::size_t end = std::min(text.find('\n'), text.size());
        const std::string_view line = text.substr(0, end);
        text.remove_prefix(std::min(end + 1, text.size()));
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

}  // namespace ballast
