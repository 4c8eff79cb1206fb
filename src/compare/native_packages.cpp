#include "compare/native_packages.hpp"

#include <algorithm>
#include <map>
#include <optional>

#include "base/relative_path.hpp"

namespace ballast {
namespace {

// The package that Node finds for `name` from the package at `from`: in the nearest node_modules upwards.
std::optional<std::size_t> resolve(const std::map<std::string, std::size_t>& by_path, std::string_view from,
                                   const std::string& name) {
    for (std::string directory(from);;) {
        const std::string path = (directory.empty() ? "" : directory + "/") + "node_modules/" + name;
        if (const auto at = by_path.find(path); at != by_path.end()) return at->second;
        if (directory.empty()) return std::nullopt;
        directory = std::string(parent_path(directory));
    }
}

bool is_native(const Entry& entry, const FileFacts& facts) {
    return entry.kind == EntryKind::file && (extension(entry.path) == ".node" || facts.elf.has_value());
}

}  // namespace

NativePackages find_native(const Package& package, const std::vector<FileFacts>& facts,
                           const InstalledPackages& installed) {
    const auto& list = installed.list;
    std::vector<std::string> reason(list.size());
    for (std::size_t i = 0; i < facts.size(); ++i) {
        const std::size_t owner = installed.owner[i];
        if (owner == InstalledPackages::k_none || !reason[owner].empty()) continue;
        if (list[owner].ecosystem != Ecosystem::npm || !is_native(package.entries()[i], facts[i])) continue;
        reason[owner] = "has native code: " + package.entries()[i].path.substr(list[owner].path.size() + 1);
    }
    std::map<std::string, std::size_t> by_path;
    for (std::size_t i = 0; i < list.size(); ++i) {
        if (list[i].ecosystem == Ecosystem::npm) by_path[list[i].path] = i;
    }
    // Who chooses a native package by platform loads it by a name made up when it runs.
    std::vector<std::string> chooses(list.size());
    for (const auto& [path, i] : by_path) {
        for (const auto& need : list[i].needs) {
            if (need.condition != "optional" || !reason[i].empty()) continue;
            const auto found = resolve(by_path, path, need.name);
            if (found && !reason[*found].empty()) chooses[i] = "chooses " + need.name + " by platform";
        }
    }
    NativePackages native;
    native.stays.resize(list.size());
    std::vector<std::size_t> open;
    for (const auto& [path, i] : by_path) {
        const std::string& why = reason[i].empty() ? chooses[i] : reason[i];
        if (why.empty()) continue;
        native.kept.push_back({path, why});
        native.external.push_back(list[i].name);
        native.stays[i] = true;
        open.push_back(i);
    }
    while (!open.empty()) {
        const std::size_t i = open.back();
        open.pop_back();
        for (const auto& need : list[i].needs) {
            const auto found = resolve(by_path, list[i].path, need.name);
            if (!found || native.stays[*found]) continue;
            native.stays[*found] = true;
            open.push_back(*found);
        }
    }
    std::sort(native.external.begin(), native.external.end());
    native.external.erase(std::unique(native.external.begin(), native.external.end()), native.external.end());
    return native;
}

}  // namespace ballast
