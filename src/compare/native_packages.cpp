#include "compare/native_packages.hpp"

#include <algorithm>

#include "base/relative_path.hpp"

namespace ballast {
namespace {

// What a require() says of a package in that directory: "sharp", "@img/sharp-linux-x64".
std::string folder_name(std::string_view path) {
    constexpr std::string_view k_folder = "node_modules/";
    const auto at = path.rfind(k_folder);
    return std::string(at == std::string_view::npos ? path : path.substr(at + k_folder.size()));
}

bool is_native(const Entry& entry, const FileFacts& facts) {
    return entry.kind == EntryKind::file && (extension(entry.path) == ".node" || facts.elf.has_value());
}

}  // namespace

NativePackages find_native(const Inventory& inventory, const InstalledPackages& installed,
                           const std::vector<std::string>& entries) {
    const auto& files = inventory.entries();
    const auto& list = installed.list;
    std::vector<std::size_t> npm;
    for (std::size_t i = 0; i < list.size(); ++i) {
        if (list[i].ecosystem == Ecosystem::npm) npm.push_back(i);
    }
    const auto resolve = [&](std::string_view from, const std::string& name) {
        return find_npm_package(inventory.tree(), installed, from, name);
    };
    std::vector<std::string> reason(list.size());
    for (std::size_t i = 0; i < files.size(); ++i) {
        const std::size_t owner = installed.owner[i];
        if (owner == InstalledPackages::k_none || !reason[owner].empty()) continue;
        if (list[owner].ecosystem != Ecosystem::npm || !is_native(files[i], inventory.facts()[i])) continue;
        reason[owner] = "has native code: " + files[i].path.substr(list[owner].path.size() + 1);
    }
    // A package that chooses a native one by platform loads it by a name made up when it runs.
    std::vector<std::string> chooses(list.size());
    for (const std::size_t i : npm) {
        for (const auto& need : list[i].needs) {
            if (need.condition != "optional" || !reason[i].empty()) continue;
            const auto found = resolve(list[i].path, need.name);
            if (found && !reason[*found].empty()) chooses[i] = "chooses " + need.name + " by platform";
        }
    }
    for (std::size_t i = 0; i < list.size(); ++i) {
        if (reason[i].empty()) reason[i] = chooses[i];
    }
    // The bundle lies where the entry did. What is not found from there stays with the package that asks for
    // it.
    const auto is_found = [&](std::size_t i) {
        return std::ranges::any_of(entries, [&](const std::string& entry) {
            return resolve(parent_path(entry), folder_name(list[i].path)) == i;
        });
    };
    for (bool changed = true; changed;) {
        changed = false;
        for (const std::size_t i : npm) {
            for (const auto& need : list[i].needs) {
                const auto found = resolve(list[i].path, need.name);
                if (!reason[i].empty() || !found || reason[*found].empty() || is_found(*found)) continue;
                reason[i] = "has " + need.name + ", which stays, to itself";
                changed = true;
            }
        }
    }
    NativePackages native;
    native.stays.resize(list.size());
    std::vector<std::size_t> open;
    for (const std::size_t i : npm) {
        if (reason[i].empty()) continue;
        native.kept.push_back({list[i].path, reason[i]});
        if (is_found(i)) native.external.push_back(folder_name(list[i].path));
        native.stays[i] = true;
        open.push_back(i);
    }
    while (!open.empty()) {
        const std::size_t i = open.back();
        open.pop_back();
        for (const auto& need : list[i].needs) {
            const auto found = resolve(list[i].path, need.name);
            if (!found || native.stays[*found]) continue;
            native.stays[*found] = true;
            open.push_back(*found);
        }
    }
    std::ranges::sort(native.external);
    native.external.erase(std::unique(native.external.begin(), native.external.end()), native.external.end());
    // esbuild reads '*' as anything: no folder's name that means itself.
    std::erase_if(native.external,
                  [](const std::string& name) { return name.find('*') != std::string::npos; });
    return native;
}

}  // namespace ballast
