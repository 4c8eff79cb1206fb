#include "pack/contents.hpp"

#include <algorithm>
#include <numeric>
#include <tuple>

#include "base/interrupt.hpp"
#include "base/parallel.hpp"
#include "base/relative_path.hpp"
#include "format/manifest.hpp"
#include "format/tree_digest.hpp"

namespace ballast {
namespace {

Result<Digest> hash_entry(const Package& package, std::size_t index, Progress& progress) {
    BALLAST_TRY(const auto reader, package.open(index));
    std::vector<std::byte> buffer(std::min<std::uint64_t>(package.entries()[index].size + 1, 1U << 20U));
    Sha256 hash;
    for (;;) {
        BALLAST_CHECK(check_interrupt(package.name()));
        BALLAST_TRY(const std::size_t count, reader->read(buffer));
        hash.update(std::span<const std::byte>(buffer).first(count));
        progress.add(count);
        if (count < buffer.size()) return hash.finish();
    }
}

// What start-up reads first comes first, as far as the kind tells: programs, then libraries, then data.
int use_rank(const FileFacts& facts) {
    if (!facts.elf) return 2;
    return facts.elf->kind == ElfInfo::Kind::program ? 0 : 1;
}

// The order of use: by group, so that a group is a few ranges; by kind; by extension, which keeps
// like beside like for the codec (measured: 84.3 against 88 MB for the reference tree); by path.
void order_contents(const Inventory& inventory, PlannedTree& tree) {
    std::vector<std::uint32_t> order(tree.contents.size());
    std::iota(order.begin(), order.end(), 0U);
    const auto key = [&](std::uint32_t content) {
        const std::size_t entry = tree.contents[content].entry;
        const std::string_view path = inventory.entries()[entry].path;
        return std::tuple(tree.contents[content].group, use_rank(inventory.facts()[entry]), extension(path),
                          path);
    };
    std::sort(order.begin(), order.end(), [&](std::uint32_t a, std::uint32_t b) { return key(a) < key(b); });
    std::vector<TreeContent> sorted;
    sorted.reserve(order.size());
    std::vector<std::uint32_t> position(order.size());
    for (std::uint32_t i = 0; i < order.size(); ++i) {
        position[order[i]] = i;
        sorted.push_back(tree.contents[order[i]]);
    }
    tree.contents = std::move(sorted);
    for (auto& content : tree.content_of) {
        if (content != k_no_content) content = position[content];
    }
}

}  // namespace

Result<PlannedTree> read_tree(const Inventory& inventory, const Plan& plan, Progress& progress) {
    const auto& entries = inventory.entries();
    PlannedTree tree;
    for (std::size_t i = 0; i < entries.size(); ++i) {
        if (plan.destinations[i] != Destination::stays) tree.entries.push_back(i);
    }
    std::vector<Digest> digests(tree.entries.size());
    BALLAST_CHECK(parallel_for(tree.entries.size(), [&](std::size_t i) -> Result<void> {
        if (entries[tree.entries[i]].kind != EntryKind::file) return {};
        BALLAST_TRY(digests[i], hash_entry(inventory.package(), tree.entries[i], progress));
        return {};
    }));

    TreeDigest tree_digest;
    std::unordered_map<Digest, std::uint32_t> known;
    for (std::size_t i = 0; i < tree.entries.size(); ++i) {
        const auto& entry = entries[tree.entries[i]];
        tree_digest.add(entry.path, entry.kind, entry.mode, entry.target, entry.size, digests[i]);
        if (entry.kind != EntryKind::file) {
            tree.content_of.push_back(k_no_content);
            continue;
        }
        const auto [at, added] = known.emplace(digests[i], static_cast<std::uint32_t>(tree.contents.size()));
        if (added)
            tree.contents.push_back({digests[i], entry.size, tree.entries[i], plan.groups[tree.entries[i]]});
        tree.content_of.push_back(at->second);
    }
    tree.digest = tree_digest.finish();
    order_contents(inventory, tree);
    return tree;
}

}  // namespace ballast
