#include "classify/language_dependencies.hpp"

#include <algorithm>
#include <array>
#include <string_view>

#include "base/relative_path.hpp"
#include "classify/python_records.hpp"

namespace ballast {
namespace {

bool is_directory(const EntryTree& tree, std::size_t index) {
    return tree.entry(index).kind == EntryKind::directory;
}

bool has_child_directory(const EntryTree& tree, std::size_t directory, std::string_view name) {
    const auto child = tree.child(directory, name);
    return child && is_directory(tree, *child);
}

template <typename Test>
bool any_child(const EntryTree& tree, std::size_t directory, const Test& test) {
    bool found = false;
    tree.for_each_child(directory, [&](std::size_t child) { found = found || test(tree.entry(child)); });
    return found;
}

// Directories that package managers make, by their name alone.
bool is_dependency_directory(const Entry& directory) {
    static constexpr std::array<std::string_view, 7> k_names = {
        "__pypackages__", "bower_components", "dist-packages", "jspm_packages",
        "node_modules",   "site-packages",    "web_modules"};
    const std::string_view name = file_name(directory.path);
    return std::find(k_names.begin(), k_names.end(), name) != k_names.end() ||
           directory.path == "vendor/bundle" || directory.path.ends_with("/vendor/bundle") ||
           directory.path.ends_with(".yarn/cache") || directory.path.ends_with(".yarn/unplugged");
}

// Composer writes vendor/autoload.php and vendor/composer/; Go's and anybody's vendor/ are the
// function's own source.
bool is_composer_directory(const EntryTree& tree, std::size_t directory) {
    return file_name(tree.entry(directory).path) == "vendor" && tree.child(directory, "autoload.php") &&
           has_child_directory(tree, directory, "composer");
}

// A directory of RubyGems' layout, as below vendor/bundle/ruby/3.2.0 or ruby/gems/3.2.0 of a layer, has
// gems/ and the gems' specifications side by side.
bool is_gem_home(const EntryTree& tree, std::size_t directory) {
    if (!has_child_directory(tree, directory, "gems")) return false;
    const auto specifications = tree.child(directory, "specifications");
    return specifications && is_directory(tree, *specifications) &&
           any_child(tree, *specifications,
                     [](const Entry& entry) { return entry.path.ends_with(".gemspec"); });
}

bool is_part_of_gem_home(std::string_view name) {
    static constexpr std::array<std::string_view, 7> k_parts = {
        "build_info", "cache", "doc", "extensions", "gems", "plugins", "specifications"};
    return std::find(k_parts.begin(), k_parts.end(), name) != k_parts.end();
}

bool is_python_metadata(std::string_view path) {
    return path.ends_with(".dist-info") || path.ends_with(".egg-info") || path.ends_with(".egg");
}

// `dotnet publish` lays assemblies and native libraries of NuGet packages flat beside the program's own
// assembly, which NAME.deps.json names; those for several systems lie below runtimes/.
class DotnetDirectory {
  public:
    DotnetDirectory(const EntryTree& tree, std::size_t directory) {
        constexpr std::string_view k_suffix = ".deps.json";
        tree.for_each_child(directory, [&](std::size_t child) {
            const std::string_view name = file_name(tree.entry(child).path);
            if (name.size() > k_suffix.size() && name.ends_with(k_suffix)) {
                m_programs.push_back(name.substr(0, name.size() - k_suffix.size()));
            }
        });
    }

    bool is_one() const { return !m_programs.empty(); }

    bool holds_dependency(const Entry& entry) const {
        const std::string_view name = file_name(entry.path);
        if (entry.kind == EntryKind::directory) return name == "runtimes";
        if (name.ends_with(".so")) return true;
        if (!name.ends_with(".dll")) return false;
        const std::string_view stem = name.substr(0, name.size() - 4);
        return std::find(m_programs.begin(), m_programs.end(), stem) == m_programs.end();
    }

  private:
    std::vector<std::string_view> m_programs;
};

bool is_dependency_file(const Entry& entry) {
    const std::string_view name = file_name(entry.path);
    return name.ends_with(".jar") || name == ".pnp.cjs" || name == ".pnp.js" || name == ".pnp.data.json" ||
           name == ".pnp.loader.mjs" || is_python_metadata(name);
}

// Marks what lies in a directory whose children tell more than its name.
void mark_children(const EntryTree& tree, std::size_t directory, std::vector<bool>& marks) {
    if (is_gem_home(tree, directory)) {
        tree.for_each_child(directory, [&](std::size_t child) {
            if (is_part_of_gem_home(file_name(tree.entry(child).path))) marks[child] = true;
        });
    }
    if (const DotnetDirectory dotnet(tree, directory); dotnet.is_one()) {
        tree.for_each_child(directory, [&](std::size_t child) {
            if (dotnet.holds_dependency(tree.entry(child))) marks[child] = true;
        });
    }
}

bool is_marked_above(const EntryTree& tree, std::size_t index, const std::vector<bool>& marks) {
    const std::size_t parent = tree.parent(index);
    return parent != EntryTree::k_top && marks[parent];
}

}  // namespace

Result<std::vector<bool>> find_language_dependencies(const Package& package, const EntryTree& tree) {
    std::vector<bool> marks(tree.size(), false);
    PythonRecords records;
    mark_children(tree, EntryTree::k_top, marks);
    for (std::size_t i = 0; i < tree.size(); ++i) {
        if (marks[i] || is_marked_above(tree, i, marks)) {
            marks[i] = true;
        } else if (is_directory(tree, i)) {
            marks[i] = is_dependency_directory(tree.entry(i)) || is_composer_directory(tree, i) ||
                       is_python_metadata(tree.entry(i).path);
            if (is_python_metadata(tree.entry(i).path)) BALLAST_CHECK(records.add(package, tree, i));
            if (!marks[i]) mark_children(tree, i, marks);
        } else {
            marks[i] = is_dependency_file(tree.entry(i));
        }
    }
    if (records.empty()) return marks;
    for (std::size_t i = 0; i < tree.size(); ++i) {
        if (!marks[i]) marks[i] = is_marked_above(tree, i, marks) || records.hold(tree.entry(i).path);
    }
    return marks;
}

}  // namespace ballast
