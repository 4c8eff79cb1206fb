#include "classify/system_tree.hpp"

#include <algorithm>
#include <array>
#include <string_view>

#include "base/relative_path.hpp"
#include "classify/name_rules.hpp"

namespace ballast {
namespace {

// What directories hold, language dependencies left out.
struct Holdings {
    bool elf_below = false;
    bool elf = false;  // directly, as all below
    bool code = false;
    bool project = false;  // a file that makes it somebody's project
};

class RoleFinder {
  public:
    RoleFinder(const EntryTree& tree, const std::vector<RoleFacts>& facts)
        : m_tree(tree), m_facts(facts), m_holdings(tree.size()), m_roles(tree.size()) {}

    std::vector<DirectoryRole> find() {
        take_stock();
        m_top_prefix = is_system_prefix(EntryTree::k_top);
        m_prefixes.assign(m_tree.size(), false);
        m_dedicated.assign(m_tree.size(), false);
        for (std::size_t i = 0; i < m_tree.size(); ++i) {
            if (!is_directory(i) || m_facts[i].installed) continue;
            m_prefixes[i] = is_system_prefix(i);
            m_dedicated[i] = m_prefixes[i] && is_dedicated(i);
            m_roles[i] = role_of(i);
        }
        return std::move(m_roles);
    }

  private:
    bool is_directory(std::size_t index) const { return m_tree.entry(index).kind == EntryKind::directory; }
    std::string_view name(std::size_t index) const { return file_name(m_tree.entry(index).path); }

    // Backwards, so that a directory's children are counted before it is.
    void take_stock() {
        for (std::size_t i = m_tree.size(); i-- > 0;) {
            const std::size_t parent = m_tree.parent(i);
            if (m_facts[i].installed || parent == EntryTree::k_top) continue;
            Holdings& holdings = m_holdings[parent];
            if (is_directory(i)) {
                holdings.elf_below = holdings.elf_below || m_holdings[i].elf_below;
            } else if (m_tree.entry(i).kind == EntryKind::file) {
                holdings.elf = holdings.elf || m_facts[i].elf;
                holdings.elf_below = holdings.elf_below || m_facts[i].elf;
                holdings.code =
                    holdings.code || (!m_facts[i].elf && class_of_name(name(i)) == NameClass::code);
                holdings.project = holdings.project || is_project_file(name(i));
            }
        }
    }

    bool holds_programs(std::size_t directory) const {
        const SystemPlace place = system_place(name(directory));
        return (place == SystemPlace::programs || place == SystemPlace::libraries ||
                place == SystemPlace::usr) &&
               m_holdings[directory].elf_below && !m_facts[directory].installed;
    }

    // A directory (or the package's top) whose bin/, lib/ ... hold ELF files.
    bool is_system_prefix(std::size_t directory) const {
        bool found = false;
        m_tree.for_each_child(directory, [&](std::size_t child) {
            found = found || (is_directory(child) && holds_programs(child));
        });
        return found;
    }

    // A system prefix that holds nothing else, such as deps/ with bin/, lib/ and share/: no directory of
    // another name, no project, no code in it or directly in its places.
    bool is_dedicated(std::size_t directory) const {
        bool dedicated = !m_holdings[directory].code && !m_holdings[directory].project;
        m_tree.for_each_child(directory, [&](std::size_t child) {
            if (!is_directory(child)) return;
            dedicated = dedicated && system_place(name(child)) != SystemPlace::none &&
                        !m_facts[child].installed && !m_holdings[child].code && !m_holdings[child].project;
        });
        return dedicated;
    }

    bool has_system_child(std::size_t directory) const {
        bool found = false;
        m_tree.for_each_child(directory, [&](std::size_t child) {
            found = found || (is_directory(child) && system_place(name(child)) != SystemPlace::none);
        });
        return found;
    }

    // A product's directory in opt/ (at the top, or beside bin/ and lib/), where vendors put theirs; not a
    // runtime's of a Lambda layer, and not one with code directly in it.
    bool is_product(std::size_t directory) const {
        static constexpr std::array<std::string_view, 6> k_layer = {"extensions", "java",   "nodejs",
                                                                    "php",        "python", "ruby"};
        const std::size_t around = m_tree.parent(m_tree.parent(directory));
        const Holdings& holdings = m_holdings[directory];
        return (around == EntryTree::k_top || m_prefixes[around]) && holdings.elf_below && !holdings.code &&
               !holdings.project &&
               std::find(k_layer.begin(), k_layer.end(), name(directory)) == k_layer.end();
    }

    bool prefix(std::size_t directory) const {
        return directory == EntryTree::k_top ? m_top_prefix : m_prefixes[directory];
    }

    DirectoryRole role_of(std::size_t directory) const {
        const std::size_t parent = m_tree.parent(directory);
        const DirectoryRole above = parent == EntryTree::k_top ? DirectoryRole() : m_roles[parent];
        const SystemPlace own = system_place(name(directory));
        const Holdings& holdings = m_holdings[directory];
        DirectoryRole role = above;
        role.resource = above.resource || is_resource_directory(name(directory));
        if (above.system) return role;
        role.system = is_system(directory, parent, above, own);
        if (above.root == SystemPlace::none && own != SystemPlace::none && prefix(parent)) {
            role.root = own;
            const auto usr = m_tree.child(parent, "usr");
            role.beside_usr = usr && is_directory(*usr) && has_system_child(*usr);
        }
        const bool own_project = holdings.code || holdings.project;
        role.application = !own_project && (holdings.elf || above.application);
        return role;
    }

    bool is_system(std::size_t directory, std::size_t parent, const DirectoryRole& above,
                   SystemPlace own) const {
        if (own == SystemPlace::usr && has_system_child(directory)) return true;
        if (own != SystemPlace::none && parent != EntryTree::k_top && m_dedicated[parent]) return true;
        if (parent == EntryTree::k_top) return false;
        const SystemPlace place_above = system_place(name(parent));
        if (place_above == SystemPlace::opt && is_product(directory)) return true;
        // Directly in a root only: lib/i18n/locale/ of a function must not count.
        const bool in_root = above.root != SystemPlace::none && above.root == place_above;
        if (in_root && above.root == SystemPlace::var)
            return name(directory) == "cache" || name(directory) == "lib";
        return in_root && is_system_directory(above.root, name(directory));
    }

    const EntryTree& m_tree;
    const std::vector<RoleFacts>& m_facts;
    std::vector<Holdings> m_holdings;
    std::vector<DirectoryRole> m_roles;
    bool m_top_prefix = false;
    std::vector<bool> m_prefixes;
    std::vector<bool> m_dedicated;
};

}  // namespace

std::vector<DirectoryRole> find_directory_roles(const EntryTree& tree, const std::vector<RoleFacts>& facts) {
    return RoleFinder(tree, facts).find();
}

}  // namespace ballast
