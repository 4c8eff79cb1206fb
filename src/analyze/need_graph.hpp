#pragma once

#include <cstddef>
#include <functional>
#include <string>
#include <vector>

#include "classify/inventory.hpp"

namespace ballast {

// Which node needs which, among nodes that are numbered from 0.
class NeedGraph {
  public:
    explicit NeedGraph(std::size_t nodes) : m_needers(nodes) {}

    struct Edge {
        std::size_t needer = 0;
        std::string as;
    };

    // Nothing for a node that needs itself, or a second time. REQUIRES: needers come in ascending order.
    void add(std::size_t needer, std::size_t needed, const std::string& as);

    const std::vector<Edge>& needers(std::size_t node) const { return m_needers[node]; }

    // A shortest way from each start to `node`, by numbers of nodes, the starts in their order. Nodes that
    // `is_start` names are starts, and those that no other needs. A node is not its own start.
    std::vector<std::vector<std::size_t>> ways_to(std::size_t node,
                                                  const std::function<bool(std::size_t)>& is_start) const;

  private:
    std::vector<std::vector<Edge>> m_needers;
};

// The ELF files of a package, by what their dynamic sections name. Nodes are entries.
NeedGraph library_graph(const Inventory& inventory);

}  // namespace ballast
