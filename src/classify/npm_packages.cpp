#include "classify/npm_packages.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <optional>
#include <span>
#include <utility>

#include "base/json_text.hpp"
#include "base/parallel.hpp"
#include "base/relative_path.hpp"
#include "package/read_entry.hpp"

namespace ballast {
namespace {

using Json = nlohmann::json;

constexpr std::uint64_t k_max_package_json_bytes = 4 << 20;

bool is_directory(const EntryTree& tree, std::size_t index) {
    return index != EntryTree::k_top && tree.entry(index).kind == EntryKind::directory;
}

bool is_node_modules(const EntryTree& tree, std::size_t index) {
    return is_directory(tree, index) && file_name(tree.entry(index).path) == "node_modules";
}

// The package.json of a directory directly below node_modules/ or a @scope/ in one.
std::optional<std::size_t> metadata_of(const EntryTree& tree, std::size_t directory) {
    if (!is_directory(tree, directory)) return std::nullopt;
    const std::string_view name = file_name(tree.entry(directory).path);
    if (name.starts_with('.') || name.starts_with('@')) return std::nullopt;
    std::size_t above = tree.parent(directory);
    if (is_directory(tree, above) && file_name(tree.entry(above).path).starts_with('@'))
        above = tree.parent(above);
    if (!is_node_modules(tree, above)) return std::nullopt;
    const auto file = tree.child(directory, "package.json");
    if (!file || tree.entry(*file).kind != EntryKind::file) return std::nullopt;
    return file;
}

void take_needs(const Json& object, const char* key, const char* condition, std::vector<Requirement>& needs) {
    const Json& found = json_member(object, key);
    if (!found.is_object()) return;
    for (const auto& item : found.items()) needs.push_back({item.key(), condition});
}

// "@scope/name" or "name": what a require() would say.
std::string_view folder_name(std::string_view path) {
    const std::string_view above = file_name(parent_path(path));
    const std::string_view name = file_name(path);
    return above.starts_with('@') ? path.substr(path.size() - name.size() - above.size() - 1) : name;
}

}  // namespace

NpmMetadata parse_package_json(std::string_view text, DevDependencies dev) {
    NpmMetadata metadata;
    const Json json = parse_json(text);
    if (!json.is_object()) return metadata;
    metadata.name = json_string(json, "name");
    metadata.version = json_string(json, "version");
    // npm lists optional ones among "dependencies" too when it installs; the condition is the weaker one.
    take_needs(json, "optionalDependencies", "optional", metadata.needs);
    const std::size_t optional = metadata.needs.size();
    std::vector<Requirement> always;
    take_needs(json, "dependencies", "", always);
    for (auto& need : always) {
        const auto optionals = std::span(metadata.needs).first(optional);
        if (std::ranges::find(optionals, need.name, &Requirement::name) == optionals.end())
            metadata.needs.push_back(std::move(need));
    }
    take_needs(json, "peerDependencies", "peer", metadata.needs);
    if (dev == DevDependencies::taken) take_needs(json, "devDependencies", "dev", metadata.needs);
    return metadata;
}

Result<void> add_npm_packages(const Inventory& inventory, InstalledPackages& found) {
    const EntryTree& tree = inventory.tree();
    std::vector<std::size_t> files;
    for (std::size_t i = 0; i < tree.size(); ++i) {
        const std::size_t above = tree.parent(i);
        if (above != EntryTree::k_top) found.owner[i] = found.owner[above];
        const auto file = metadata_of(tree, i);
        if (!file) continue;
        found.owner[i] = found.list.size();
        found.list.push_back({Ecosystem::npm, {}, {}, tree.entry(i).path});
        files.push_back(*file);
    }
    return parallel_for(files.size(), [&](std::size_t i) -> Result<void> {
        InstalledPackage& installed = found.list[i];
        NpmMetadata metadata;
        if (tree.entry(files[i]).size <= k_max_package_json_bytes) {
            BALLAST_TRY(const std::string text,
                        read_start(inventory.package(), files[i], k_max_package_json_bytes));
            metadata = parse_package_json(text);
        }
        installed.name =
            metadata.name.empty() ? std::string(folder_name(installed.path)) : std::move(metadata.name);
        installed.version = std::move(metadata.version);
        installed.needs = std::move(metadata.needs);
        return {};
    });
}

}  // namespace ballast
