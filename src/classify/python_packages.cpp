#include "classify/python_packages.hpp"

#include <algorithm>
#include <optional>
#include <string>
#include <utility>

#include "base/parallel.hpp"
#include "base/relative_path.hpp"
#include "classify/python_metadata.hpp"
#include "classify/python_records.hpp"
#include "package/read_entry.hpp"

namespace ballast {
namespace {

constexpr std::size_t k_max_metadata_bytes = 256 << 10;  // the fields come first, a long description after
constexpr std::size_t k_max_top_level_bytes = 64 << 10;
constexpr std::size_t k_max_requires_bytes = 64 << 10;

// A *.dist-info or *.egg-info, and where what it describes lies.
struct Described {
    std::size_t entry = 0;
    std::optional<std::size_t> metadata = std::nullopt;   // METADATA or PKG-INFO
    std::optional<std::size_t> record = std::nullopt;     // RECORD
    std::optional<std::size_t> top_level = std::nullopt;  // top_level.txt
    std::optional<std::size_t> needs = std::nullopt;      // requires.txt, of an *.egg-info
    std::string record_text = {};
    std::string top_level_text = {};
};

std::optional<std::size_t> file_in(const EntryTree& tree, std::size_t directory, std::string_view name) {
    const auto child = tree.child(directory, name);
    return child && tree.entry(*child).kind == EntryKind::file ? child : std::nullopt;
}

std::optional<Described> described_by(const EntryTree& tree, std::size_t index) {
    const Entry& entry = tree.entry(index);
    const bool dist_info = entry.path.ends_with(".dist-info");
    const bool egg_info = entry.path.ends_with(".egg-info");
    if ((!dist_info && !egg_info) || entry.kind == EntryKind::symlink) return std::nullopt;
    Described described = {index};
    if (entry.kind == EntryKind::file) {
        if (dist_info) return std::nullopt;
        described.metadata = index;  // of distutils: the file is its PKG-INFO
        return described;
    }
    described.metadata = file_in(tree, index, dist_info ? "METADATA" : "PKG-INFO");
    described.record = file_in(tree, index, "RECORD");
    described.top_level = file_in(tree, index, "top_level.txt");
    if (egg_info) described.needs = file_in(tree, index, "requires.txt");
    if (!described.metadata && !described.record) return std::nullopt;
    return described;
}

// Gives entries to packages: those that are recorded, then what lies where only one package has any.
class Owners {
  public:
    static constexpr std::size_t k_none = InstalledPackages::k_none;
    static constexpr std::size_t k_several = k_none - 1;

    Owners(const EntryTree& tree, InstalledPackages& found) : m_tree(tree), m_found(found) {
        m_directories.assign(tree.size(), k_none);
    }

    // What an npm package has already, it keeps.
    void give(std::size_t index, std::size_t owner) {
        if (m_found.owner[index] != k_none && m_found.owner[index] != owner) return;
        m_found.owner[index] = owner;
        const bool is_directory = m_tree.entry(index).kind == EntryKind::directory;
        for (std::size_t at = is_directory ? index : m_tree.parent(index); at != EntryTree::k_top;
             at = m_tree.parent(at)) {
            std::size_t& holder = m_directories[at];
            if (holder == owner || holder == k_several) break;  // so are those above
            holder = holder == k_none ? owner : k_several;
        }
    }

    void give_path(const std::string& path, std::size_t owner) {
        if (const auto index = m_tree.find(path)) give(*index, owner);
    }

    // The module `name` in a directory: name/, name.py, name.cpython-311-x86_64-linux-gnu.so.
    void give_module(std::size_t site, std::string_view name, std::size_t owner) {
        m_tree.for_each_child(site, [&](std::size_t child) {
            const std::string_view file = file_name(m_tree.entry(child).path);
            const bool is_directory = m_tree.entry(child).kind == EntryKind::directory;
            if (file == name || (!is_directory && file.substr(0, file.find('.')) == name)) give(child, owner);
        });
    }

    // Sites are the directories in which packages lie side by side. Directly in one, a file that nobody
    // recorded is nobody's, and so is what lies in bin/, tests/ and others that several share; directories
    // above a site, such as usr/lib, hold one package's files only by chance.
    void give_the_rest(const std::vector<bool>& is_site, bool top_is_site) {
        const auto is_site_at = [&](std::size_t at) {
            return at == EntryTree::k_top ? top_is_site : is_site[at];
        };
        std::vector<bool> below_site(m_tree.size());
        for (std::size_t i = 0; i < m_tree.size(); ++i) {  // an entry's directory comes before it
            const std::size_t above = m_tree.parent(i);
            const bool is_directory = m_tree.entry(i).kind == EntryKind::directory;
            const bool shared =
                is_site_at(above) && is_shared_python_directory(file_name(m_tree.entry(i).path));
            if (is_directory && (is_site[i] || shared)) m_directories[i] = k_several;
            below_site[i] = is_site_at(above) || (above != EntryTree::k_top && below_site[above]);
            if (above == EntryTree::k_top || is_site[above] || !below_site[i]) continue;
            if (m_found.owner[i] != k_none) continue;
            if (m_directories[above] < k_several) m_found.owner[i] = m_directories[above];
            if (m_directories[i] == k_none) m_directories[i] = m_directories[above];
        }
    }

  private:
    const EntryTree& m_tree;
    InstalledPackages& m_found;
    std::vector<std::size_t> m_directories;  // whose files lie below each directory
};

Result<void> read_described(const Package& package, Described& described, InstalledPackage& installed) {
    if (described.metadata) {
        BALLAST_TRY(const auto text, read_start(package, *described.metadata, k_max_metadata_bytes));
        parse_python_metadata(text, installed);
    }
    if (described.needs) {
        BALLAST_TRY(const auto text, read_start(package, *described.needs, k_max_requires_bytes));
        parse_python_requires(text, installed);
    }
    take_name_of_directory(installed);
    if (described.record && package.entries()[*described.record].size <= k_max_record_bytes) {
        BALLAST_TRY(described.record_text, read_start(package, *described.record, k_max_record_bytes));
    } else if (described.top_level) {
        BALLAST_TRY(described.top_level_text,
                    read_start(package, *described.top_level, k_max_top_level_bytes));
    }
    return {};
}

}  // namespace

Result<void> add_python_packages(const Inventory& inventory, InstalledPackages& found) {
    const EntryTree& tree = inventory.tree();
    std::vector<Described> all;
    for (std::size_t i = 0; i < tree.size(); ++i) {
        if (auto described = described_by(tree, i)) all.push_back(std::move(*described));
    }
    if (all.empty()) return {};
    const std::size_t first = found.list.size();
    for (const auto& described : all)
        found.list.push_back({Ecosystem::python, {}, {}, tree.entry(described.entry).path});
    BALLAST_CHECK(parallel_for(all.size(), [&](std::size_t i) {
        return read_described(inventory.package(), all[i], found.list[first + i]);
    }));
    Owners owners(tree, found);
    std::vector<bool> is_site(tree.size());
    bool top_is_site = false;
    for (std::size_t i = 0; i < all.size(); ++i) {
        const std::size_t owner = first + i;
        const std::size_t site = tree.parent(all[i].entry);
        const std::string_view site_path =
            site == EntryTree::k_top ? "" : std::string_view(tree.entry(site).path);
        if (site == EntryTree::k_top) {
            top_is_site = true;
        } else {
            is_site[site] = true;
        }
        for (std::size_t at = all[i].entry; at < std::max(tree.end_of(all[i].entry), all[i].entry + 1); ++at)
            owners.give(at, owner);
        for_each_recorded(all[i].record_text, [&](const std::string& path, bool) {
            owners.give_path(join_path(site_path, path), owner);
        });
        std::string_view modules = all[i].top_level_text;
        while (!modules.empty()) {
            const std::string_view module = without_spaces(take_line(modules));
            if (!module.empty()) owners.give_module(site, module, owner);
        }
    }
    owners.give_the_rest(is_site, top_is_site);
    return {};
}

}  // namespace ballast
