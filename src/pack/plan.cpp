#include "pack/plan.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <optional>

#include "base/relative_path.hpp"
#include "config/patterns.hpp"
#include "format/links.hpp"
#include "format/lock.hpp"
#include "format/manifest.hpp"

namespace ballast {
namespace {

struct Below {
    std::uint64_t files = 0;
    std::uint64_t leaving = 0;
    bool all_leave() const { return files != 0 && leaving == files; }
};

class Planner {
  public:
    Planner(const Inventory& inventory, const Config& config)
        : m_entries(inventory.entries()),
          m_tree(inventory.tree()),
          m_name(inventory.package().name()),
          m_facts(inventory.facts()),
          m_config(config) {}

    Result<Plan> run() {
        m_plan.destinations.assign(m_entries.size(), Destination::stays);
        m_plan.groups.assign(m_entries.size(), 0);
        if (m_tree.find(k_lock_file)) {
            return fail(ErrorCode::usage, m_name, "is a slim package already: it has a ballast.lock",
                        "name the package that it was made from");
        }
        BALLAST_CHECK(decide_files());
        count_below();
        decide_empty_directories();
        decide_symlinks();
        decide_directories();
        BALLAST_CHECK(assign_groups());
        return std::move(m_plan);
    }

  private:
    Result<void> decide_files() {
        BALLAST_TRY(const Patterns include, Patterns::compile(m_config.include));
        BALLAST_TRY(const Patterns exclude, Patterns::compile(m_config.exclude));
        for (std::size_t i = 0; i < m_entries.size(); ++i) {
            const auto& entry = m_entries[i];
            if (entry.kind != EntryKind::file) continue;
            m_plan.package_bytes += entry.size;
            const bool chosen =
                include.empty() ? m_facts[i].category == Category::binaries : include.match(entry.path);
            if (!chosen || exclude.match(entry.path) || entry.path == "ballast.toml") {
                ++m_plan.staying_files;
                continue;
            }
            m_plan.destinations[i] = Destination::leaves;
            m_plan.leaving_bytes += entry.size;
            ++m_plan.leaving_files;
        }
        if (m_plan.leaving_files == 0) {
            return fail(ErrorCode::usage, m_name, "nothing in it would leave",
                        "name what should with 'include' in ballast.toml, or deploy it as it is");
        }
        return {};
    }

    void count_below() {
        m_below.resize(m_entries.size());
        for (std::size_t i = 0; i < m_entries.size(); ++i) {
            if (m_entries[i].kind != EntryKind::file) continue;
            const bool leaves = m_plan.destinations[i] == Destination::leaves;
            for_each_parent(i, [&](std::size_t parent) {
                ++m_below[parent].files;
                if (leaves) ++m_below[parent].leaving;
            });
        }
    }

    void decide_empty_directories() {
        for (std::size_t i = 0; i < m_entries.size(); ++i) {
            if (m_entries[i].kind != EntryKind::directory || !is_empty(i)) continue;
            std::optional<bool> around;
            for_each_parent(i, [&](std::size_t parent) {
                if (!around && m_below[parent].files != 0) around = m_below[parent].all_leave();
            });
            if (around.value_or(false)) m_plan.destinations[i] = Destination::leaves;
        }
    }

    void decide_symlinks() {
        const LinkLookup lookup = [this](std::string_view path) -> std::optional<std::string_view> {
            const auto at = m_tree.find(path);
            if (!at || m_entries[*at].kind != EntryKind::symlink) return std::nullopt;
            return m_entries[*at].target;
        };
        for (std::size_t i = 0; i < m_entries.size(); ++i) {
            const auto& entry = m_entries[i];
            if (entry.kind != EntryKind::symlink) continue;
            const auto destination = resolve_link(entry.path, entry.target, lookup);
            if (!destination) {
                m_plan.warnings.push_back(
                    fmt::format("{}: leads out of the package, or to itself ({}); it stays as it is",
                                printable(entry.path), printable(entry.target)));
                continue;
            }
            const auto at = m_tree.find(*destination);
            if (!at) continue;
            const bool leaves = m_entries[*at].kind == EntryKind::directory
                                    ? m_below[*at].all_leave()
                                    : m_plan.destinations[*at] == Destination::leaves;
            if (leaves) m_plan.destinations[i] = Destination::leaves;
        }
    }

    // A directory is where something of it is.
    void decide_directories() {
        std::vector<bool> holds_leaving(m_entries.size());
        std::vector<bool> holds_staying(m_entries.size());
        for (std::size_t i = 0; i < m_entries.size(); ++i) {
            if (m_entries[i].kind == EntryKind::directory && !is_empty(i)) continue;
            const bool leaves = m_plan.destinations[i] == Destination::leaves;
            for_each_parent(
                i, [&](std::size_t parent) { (leaves ? holds_leaving : holds_staying)[parent] = true; });
        }
        for (std::size_t i = 0; i < m_entries.size(); ++i) {
            if (m_entries[i].kind != EntryKind::directory || (!holds_leaving[i] && !holds_staying[i]))
                continue;
            m_plan.destinations[i] = !holds_leaving[i]   ? Destination::stays
                                     : !holds_staying[i] ? Destination::leaves
                                                         : Destination::both;
        }
    }

    Result<void> assign_groups() {
        std::vector<Patterns> patterns;
        for (const auto& group : m_config.groups) {
            BALLAST_TRY(Patterns compiled, Patterns::compile(group.patterns));
            patterns.push_back(std::move(compiled));
            m_plan.group_names.push_back(group.name);
        }
        std::vector<std::uint64_t> members(patterns.size());
        bool needs_default = patterns.empty();
        for (std::size_t i = 0; i < m_entries.size(); ++i) {
            if (m_plan.destinations[i] != Destination::leaves || m_entries[i].kind == EntryKind::directory)
                continue;
            const auto at = std::find_if(patterns.begin(), patterns.end(), [&](const Patterns& group) {
                return group.match(m_entries[i].path);
            });
            const auto group = static_cast<std::size_t>(at - patterns.begin());
            m_plan.groups[i] = static_cast<std::uint16_t>(group);
            if (at == patterns.end()) {
                needs_default = true;
            } else {
                ++members[group];
            }
        }
        for (std::size_t group = 0; group < members.size(); ++group) {
            if (members[group] == 0) {
                return fail(ErrorCode::usage, "group '" + m_config.groups[group].name + "'",
                            "matches nothing that leaves the package",
                            "mend its patterns in ballast.toml, or remove it");
            }
        }
        const bool taken = std::find(m_plan.group_names.begin(), m_plan.group_names.end(), k_default_group) !=
                           m_plan.group_names.end();
        if (needs_default && taken) {
            return fail(ErrorCode::usage, "group 'default'", "is the name of what no group matches",
                        "give the group another name in ballast.toml");
        }
        if (needs_default) m_plan.group_names.emplace_back(k_default_group);
        return {};
    }

    bool is_empty(std::size_t directory) const { return m_tree.end_of(directory) == directory + 1; }

    template <typename Visit>
    void for_each_parent(std::size_t index, const Visit& visit) const {
        for (auto parent = m_tree.parent(index); parent != EntryTree::k_top; parent = m_tree.parent(parent))
            visit(parent);
    }

    const std::vector<Entry>& m_entries;
    const EntryTree& m_tree;
    const std::string& m_name;
    const std::vector<FileFacts>& m_facts;
    const Config& m_config;
    std::vector<Below> m_below;
    Plan m_plan;
};

}  // namespace

Result<Plan> make_plan(const Inventory& inventory, const Config& config) {
    return Planner(inventory, config).run();
}

}  // namespace ballast
