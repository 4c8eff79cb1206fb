#include "compare/native_packages.hpp"

#include <algorithm>
#include <map>
#include <optional>

#include "base/relative_path.hpp"

namespace ballast {
namespace {

// Where Node finds packages: in the nearest node_modules upwards, through symlinks, which pnpm makes.
class Resolver {
  public:
    Resolver(const std::vector<Entry>& entries, const InstalledPackages& installed) {
        for (std::size_t i = 0; i < installed.list.size(); ++i) {
            if (installed.list[i].ecosystem == Ecosystem::npm) m_by_path[installed.list[i].path] = i;
        }
        for (const auto& entry : entries) {
            if (entry.kind == EntryKind::symlink && link_stays_inside(entry.path, entry.target))
                m_links[entry.path] = link_destination(entry.path, entry.target);
        }
    }

    const std::map<std::string, std::size_t>& by_path() const { return m_by_path; }

    // The package that `name` means in a file of the directory `from`.
    std::optional<std::size_t> resolve(std::string_view from, const std::string& name) const {
        for (std::string directory(from);; directory = std::string(parent_path(directory))) {
            const auto found = at((directory.empty() ? "" : directory + "/") + "node_modules/" + name);
            if (found || directory.empty()) return found;
        }
    }

  private:
    std::optional<std::size_t> at(std::string path) const {
        constexpr int k_most_links = 8;
        for (int i = 0; i < k_most_links; ++i) {
            if (const auto package = m_by_path.find(path); package != m_by_path.end()) return package->second;
            const auto link = m_links.find(path);
            if (link == m_links.end()) return std::nullopt;
            path = link->second;
        }
        return std::nullopt;
    }

    std::map<std::string, std::size_t> m_by_path;
    std::map<std::string, std::string> m_links;
};

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
    const Resolver resolver(files, installed);
    std::vector<std::string> reason(list.size());
    for (std::size_t i = 0; i < files.size(); ++i) {
        const std::size_t owner = installed.owner[i];
        if (owner == InstalledPackages::k_none || !reason[owner].empty()) continue;
        if (list[owner].ecosystem != Ecosystem::npm || !is_native(files[i], inventory.facts()[i])) continue;
        reason[owner] = "has native code: " + files[i].path.substr(list[owner].path.size() + 1);
    }
    // A package that chooses a native one by platform loads it by a name made up when it runs.
    std::vector<std::string> chooses(list.size());
    for (const auto& [path, i] : resolver.by_path()) {
        for (const auto& need : list[i].needs) {
            if (need.condition != "optional" || !reason[i].empty()) continue;
            const auto found = resolver.resolve(path, need.name);
            if (found && !reason[*found].empty()) chooses[i] = "chooses " + need.name + " by platform";
        }
    }
    for (std::size_t i = 0; i < list.size(); ++i) {
        if (reason[i].empty()) reason[i] = chooses[i];
    }
    // The bundle lies where the entry did. What is not found from there stays with the package that asks for
    // it.
    const auto is_found = [&](std::size_t i) {
        return std::any_of(entries.begin(), entries.end(), [&](const std::string& entry) {
            return resolver.resolve(parent_path(entry), folder_name(list[i].path)) == i;
        });
    };
    for (bool changed = true; changed;) {
        changed = false;
        for (const auto& [path, i] : resolver.by_path()) {
            for (const auto& need : list[i].needs) {
                const auto found = resolver.resolve(path, need.name);
                if (!reason[i].empty() || !found || reason[*found].empty() || is_found(*found)) continue;
                reason[i] = "has " + need.name + ", which stays, to itself";
                changed = true;
            }
        }
    }
    NativePackages native;
    native.stays.resize(list.size());
    std::vector<std::size_t> open;
    for (const auto& [path, i] : resolver.by_path()) {
        if (reason[i].empty()) continue;
        native.kept.push_back({path, reason[i]});
        if (is_found(i)) native.external.push_back(folder_name(path));
        native.stays[i] = true;
        open.push_back(i);
    }
    while (!open.empty()) {
        const std::size_t i = open.back();
        open.pop_back();
        for (const auto& need : list[i].needs) {
            const auto found = resolver.resolve(list[i].path, need.name);
            if (!found || native.stays[*found]) continue;
            native.stays[*found] = true;
            open.push_back(*found);
        }
    }
    std::sort(native.external.begin(), native.external.end());
    native.external.erase(std::unique(native.external.begin(), native.external.end()), native.external.end());
    // esbuild reads '*' as anything: no folder's name that means itself.
    std::erase_if(native.external,
                  [](const std::string& name) { return name.find('*') != std::string::npos; });
    return native;
}

}  // namespace ballast
