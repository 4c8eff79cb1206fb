#include "analyze/biggest.hpp"

#include <algorithm>
#include <array>
#include <functional>
#include <tuple>
#include <utility>

#include "base/relative_path.hpp"
#include "base/size.hpp"

namespace ballast {
namespace {

using CategoryBytes = std::array<std::uint64_t, k_categories.size()>;

// What lies below a directory.
struct Subtree : Amount {
    CategoryBytes bytes_of = {};
    std::uint64_t largest_child = 0;  // the bytes of the directory in it that has most

    void add_file(Category category, const Amount& amount) {
        bytes_of.at(static_cast<std::size_t>(category)) += amount.bytes;
        add(amount);
    }

    void add_directory(const Subtree& below) {
        for (std::size_t c = 0; c < bytes_of.size(); ++c) bytes_of.at(c) += below.bytes_of.at(c);
        add(below);
        largest_child = std::max(largest_child, below.bytes);
    }

    Category main_category() const {
        const auto most = std::ranges::max_element(bytes_of) - bytes_of.begin();
        return k_categories.at(static_cast<std::size_t>(most));
    }
};

// A directory of which one directory in it makes up more than nine tenths is left out of the list: that
// one says more, and "usr", "usr/lib" and "usr/lib/x86_64-linux-gnu" would fill it with one thing.
bool is_passage(const Subtree& subtree) {
    return subtree.largest_child > subtree.bytes / 10 * 9;
}

// One element an entry, and one for the top.
std::vector<Subtree> measure_directories(const Inventory& inventory, const std::vector<Amount>& amounts) {
    const EntryTree& tree = inventory.tree();
    std::vector<Subtree> subtrees(tree.size() + 1);
    for (std::size_t i = tree.size(); i-- > 0;) {  // backwards: what a directory holds comes before it
        const EntryKind kind = tree.entry(i).kind;
        Subtree& above = subtrees[std::min(tree.parent(i), tree.size())];
        if (kind == EntryKind::file) above.add_file(inventory.facts()[i].category, amounts[i]);
        if (kind == EntryKind::directory) above.add_directory(subtrees[i]);
    }
    return subtrees;
}

// The indices of the biggest `count`, of equals those that come first.
template <typename Size>
std::vector<std::size_t> biggest(std::vector<std::size_t> indices, std::size_t count, const Size& size_of) {
    count = std::min(count, indices.size());
    const auto before = [&](std::size_t a, std::size_t b) {
        return std::tuple(size_of(b), a) < std::tuple(size_of(a), b);
    };
    std::partial_sort(indices.begin(), indices.begin() + static_cast<std::ptrdiff_t>(count), indices.end(),
                      before);
    indices.resize(count);
    return indices;
}

class TreeMaker {
  public:
    TreeMaker(const Inventory& inventory, const std::vector<Amount>& amounts, std::size_t nodes)
        : m_tree(inventory.tree()),
          m_facts(inventory.facts()),
          m_amounts(amounts),
          m_subtrees(measure_directories(inventory, amounts)) {
        std::vector<std::uint64_t> sizes;
        for (std::size_t i = 0; i < m_tree.size(); ++i) sizes.push_back(amount_of(i).bytes);
        if (nodes >= sizes.size()) return;
        std::nth_element(sizes.begin(), sizes.begin() + static_cast<std::ptrdiff_t>(nodes), sizes.end(),
                         std::greater<>());
        m_least = sizes[nodes] + 1;
    }

    AnalysisNode make(std::size_t directory, std::string name) const {
        const Subtree& all = m_subtrees[std::min(directory, m_tree.size())];
        AnalysisNode node = {all, std::move(name), all.main_category()};
        Subtree rest;
        std::size_t joined = 0;
        m_tree.for_each_child(directory, [&](std::size_t child) {
            const EntryKind kind = m_tree.entry(child).kind;
            const Amount& amount = amount_of(child);
            if (kind == EntryKind::symlink || amount.files == 0) return;
            if (amount.bytes >= m_least) {
                node.children.push_back(node_of(child));
                return;
            }
            if (kind == EntryKind::file) rest.add_file(m_facts[child].category, amount);
            if (kind == EntryKind::directory) rest.add_directory(m_subtrees[child]);
            ++joined;
        });
        std::ranges::stable_sort(node.children, std::greater(), &Amount::bytes);
        if (joined > 0 && !node.children.empty())
            node.children.push_back({rest, "(" + format_count(joined) + " smaller)", rest.main_category()});
        return node;
    }

  private:
    const Amount& amount_of(std::size_t index) const {
        return m_tree.entry(index).kind == EntryKind::directory ? m_subtrees[index] : m_amounts[index];
    }

    AnalysisNode node_of(std::size_t index) const {
        std::string name(file_name(m_tree.entry(index).path));
        if (m_tree.entry(index).kind == EntryKind::directory) return make(index, std::move(name));
        return {m_amounts[index], std::move(name), m_facts[index].category};
    }

    const EntryTree& m_tree;
    const std::vector<FileFacts>& m_facts;
    const std::vector<Amount>& m_amounts;
    std::vector<Subtree> m_subtrees;
    std::uint64_t m_least = 1;  // what has fewer bytes has no node of its own
};

}  // namespace

AnalysisNode make_tree(const Inventory& inventory, const std::vector<Amount>& amounts,
                       const std::string& name, std::size_t nodes) {
    return TreeMaker(inventory, amounts, nodes).make(EntryTree::k_top, name);
}

std::vector<BigEntry> biggest_files(const Inventory& inventory, const std::vector<Amount>& amounts,
                                    std::vector<std::size_t> files, std::size_t count) {
    std::vector<BigEntry> list;
    for (const auto i :
         biggest(std::move(files), count, [&](std::size_t at) { return inventory.entries()[at].size; })) {
        list.push_back({amounts[i], inventory.entries()[i].path, inventory.facts()[i].category});
    }
    return list;
}

std::vector<BigEntry> biggest_files(const Inventory& inventory, const std::vector<Amount>& amounts,
                                    std::size_t count) {
    std::vector<std::size_t> files;
    for (std::size_t i = 0; i < inventory.entries().size(); ++i) {
        const Entry& entry = inventory.entries()[i];
        if (entry.kind == EntryKind::file && entry.size > 0) files.push_back(i);
    }
    return biggest_files(inventory, amounts, std::move(files), count);
}

std::vector<BigEntry> biggest_directories(const Inventory& inventory, const std::vector<Amount>& amounts,
                                          std::size_t count) {
    const auto subtrees = measure_directories(inventory, amounts);
    std::vector<std::size_t> directories;
    for (std::size_t i = 0; i < inventory.entries().size(); ++i) {
        if (subtrees[i].bytes > 0 && !is_passage(subtrees[i])) directories.push_back(i);
    }
    std::vector<BigEntry> list;
    for (const auto i :
         biggest(std::move(directories), count, [&](std::size_t at) { return subtrees[at].bytes; })) {
        list.push_back({subtrees[i], inventory.entries()[i].path + "/", subtrees[i].main_category()});
    }
    return list;
}

}  // namespace ballast
