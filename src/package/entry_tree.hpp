#pragma once

#include <cstddef>
#include <optional>
#include <string_view>
#include <vector>

#include "format/entry.hpp"

namespace ballast {

// The directories in a package's list of entries, and what lies in each. Refers to the list, which must be as
// Package::entries() promises: in path_before() order, every directory before what it holds.
class EntryTree {
  public:
    // The parent of what lies at the top.
    static constexpr std::size_t k_top = static_cast<std::size_t>(-1);

    explicit EntryTree(const std::vector<Entry>& entries);

    const std::vector<Entry>& entries() const { return *m_entries; }
    const Entry& entry(std::size_t index) const { return (*m_entries)[index]; }
    std::size_t size() const { return m_entries->size(); }

    // The index of the directory that holds the entry, or k_top.
    std::size_t parent(std::size_t index) const { return m_parents[index]; }

    // What lies below a directory (k_top: everything) is the entries from first_below() to end_of().
    std::size_t first_below(std::size_t directory) const { return directory == k_top ? 0 : directory + 1; }
    std::size_t end_of(std::size_t directory) const {
        return directory == k_top ? size() : m_ends[directory];
    }

    // Calls `visit(index)` for each entry directly in a directory.
    template <typename Visit>
    void for_each_child(std::size_t directory, const Visit& visit) const {
        const std::size_t end = end_of(directory);
        for (std::size_t child = first_below(directory); child < end; child = m_ends[child]) visit(child);
    }

    // The entry at a path.
    std::optional<std::size_t> find(std::string_view path) const;

    // The entry that a path leads to, through symlinks anywhere on the way and at its end. The path may hold
    // "." and ".."; nullopt when it leads out of the package, in circles, to its top or to nothing.
    std::optional<std::size_t> follow(std::string_view path) const;

    // The entry `name` directly in a directory.
    std::optional<std::size_t> child(std::size_t directory, std::string_view name) const;

  private:
    const std::vector<Entry>* m_entries;
    std::vector<std::size_t> m_parents;
    std::vector<std::size_t>
        m_ends;  // one past the last entry below; one past itself for what is not a directory
};

}  // namespace ballast
