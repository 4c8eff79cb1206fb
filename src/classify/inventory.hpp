#pragma once

#include <vector>

#include "base/result.hpp"
#include "classify/classify.hpp"
#include "package/entry_tree.hpp"
#include "package/package.hpp"

namespace ballast {

// A package, read once: its entries as a tree, and what each file is there for. What asks about a package
// takes this. Refers to the package, which must outlive it; immutable, so threads may share it.
class Inventory {
  public:
    // Classifies the package's files (classify/classify.hpp). Errors: those of reading the package.
    static Result<Inventory> take(const Package& package);

    const Package& package() const { return *m_package; }
    const std::vector<Entry>& entries() const { return m_tree.entries(); }
    const EntryTree& tree() const { return m_tree; }
    // One element an entry.
    const std::vector<FileFacts>& facts() const { return m_facts; }

  private:
    Inventory(const Package& package, EntryTree tree, std::vector<FileFacts> facts);

    const Package* m_package;
    EntryTree m_tree;
    std::vector<FileFacts> m_facts;
};

}  // namespace ballast
