#include "classify/inventory.hpp"

#include <utility>

namespace ballast {

Inventory::Inventory(const Package& package, EntryTree tree, std::vector<FileFacts> facts)
    : m_package(&package), m_tree(std::move(tree)), m_facts(std::move(facts)) {}

Result<Inventory> Inventory::take(const Package& package) {
    EntryTree tree(package.entries());
    BALLAST_TRY(std::vector<FileFacts> facts, classify(package, tree));
    return Inventory(package, std::move(tree), std::move(facts));
}

}  // namespace ballast
