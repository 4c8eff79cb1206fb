#include "analyze/analyze.hpp"

#include <algorithm>
#include <filesystem>
#include <optional>
#include <system_error>
#include <tuple>
#include <utility>

#include "analyze/zip_estimate.hpp"
#include "base/relative_path.hpp"
#include "base/share.hpp"
#include "package/entry_tree.hpp"

namespace ballast {
namespace {

using CategoryBytes = std::array<std::uint64_t, k_categories.size()>;

// What lies below a directory.
struct Subtree {
    CategoryBytes bytes_of = {};
    std::uint64_t bytes = 0;
    std::uint64_t files = 0;
    std::uint64_t largest_child = 0;  // the bytes of the directory in it that has most

    Category main_category() const {
        const auto* const most = std::max_element(bytes_of.begin(), bytes_of.end());
        return k_categories.at(static_cast<std::size_t>(most - bytes_of.begin()));
    }
};

// A directory of which one directory in it makes up more than nine tenths is left out of the list: that
// one says more, and "usr", "usr/lib" and "usr/lib/x86_64-linux-gnu" would fill it with one thing.
bool is_passage(const Subtree& subtree) {
    return subtree.largest_child > subtree.bytes / 10 * 9;
}

std::vector<Subtree> measure_directories(const EntryTree& tree, const std::vector<FileFacts>& facts) {
    std::vector<Subtree> subtrees(tree.size());
    for (std::size_t i = tree.size(); i-- > 0;) {  // backwards: what a directory holds comes before it
        const Entry& entry = tree.entry(i);
        const std::size_t parent = tree.parent(i);
        if (parent == EntryTree::k_top || entry.kind == EntryKind::symlink) continue;
        Subtree& above = subtrees[parent];
        if (entry.kind == EntryKind::file) {
            above.bytes_of.at(static_cast<std::size_t>(facts[i].category)) += entry.size;
            above.bytes += entry.size;
            ++above.files;
            continue;
        }
        const Subtree& below = subtrees[i];
        for (std::size_t c = 0; c < below.bytes_of.size(); ++c) above.bytes_of.at(c) += below.bytes_of.at(c);
        above.bytes += below.bytes;
        above.files += below.files;
        above.largest_child = std::max(above.largest_child, below.bytes);
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

std::vector<BigEntry> biggest_files(const EntryTree& tree, const std::vector<FileFacts>& facts,
                                    std::size_t count) {
    std::vector<std::size_t> files;
    for (std::size_t i = 0; i < tree.size(); ++i) {
        if (tree.entry(i).kind == EntryKind::file && tree.entry(i).size > 0) files.push_back(i);
    }
    std::vector<BigEntry> list;
    for (const auto i :
         biggest(std::move(files), count, [&](std::size_t at) { return tree.entry(at).size; })) {
        list.push_back({tree.entry(i).path, tree.entry(i).size, 1, facts[i].category});
    }
    return list;
}

std::vector<BigEntry> biggest_directories(const EntryTree& tree, const std::vector<FileFacts>& facts,
                                          std::size_t count) {
    const auto subtrees = measure_directories(tree, facts);
    std::vector<std::size_t> directories;
    for (std::size_t i = 0; i < tree.size(); ++i) {
        if (subtrees[i].bytes > 0 && !is_passage(subtrees[i])) directories.push_back(i);
    }
    std::vector<BigEntry> list;
    for (const auto i :
         biggest(std::move(directories), count, [&](std::size_t at) { return subtrees[at].bytes; })) {
        list.push_back(
            {tree.entry(i).path + "/", subtrees[i].bytes, subtrees[i].files, subtrees[i].main_category()});
    }
    return list;
}

void count_entries(const std::vector<Entry>& entries, const std::vector<FileFacts>& facts,
                   Analysis& analysis) {
    for (std::size_t c = 0; c < k_categories.size(); ++c)
        analysis.categories.at(c).category = k_categories.at(c);
    for (std::size_t i = 0; i < entries.size(); ++i) {
        switch (entries[i].kind) {
            case EntryKind::directory:
                ++analysis.directories;
                break;
            case EntryKind::symlink:
                ++analysis.symlinks;
                break;
            case EntryKind::file:
                auto& part = analysis.categories.at(static_cast<std::size_t>(facts[i].category));
                part.bytes += entries[i].size;
                ++part.files;
                analysis.bytes += entries[i].size;
                ++analysis.files;
                break;
        }
    }
    CategoryBytes bytes = {};
    for (std::size_t c = 0; c < bytes.size(); ++c) bytes.at(c) = analysis.categories.at(c).bytes;
    const auto shares = shares_of(bytes);
    for (std::size_t c = 0; c < bytes.size(); ++c) analysis.categories.at(c).hundredths = shares[c];
}

// The size of the package's own file when it is a zip.
std::optional<std::uint64_t> archive_bytes(const Package& package) {
    std::error_code error;
    if (!std::filesystem::is_regular_file(package.name(), error)) return std::nullopt;
    const auto size = std::filesystem::file_size(package.name(), error);
    if (error) return std::nullopt;
    return size;
}

}  // namespace

Result<Analysis> analyze(const Package& package, const AnalyzeOptions& options) {
    BALLAST_TRY(const auto facts, classify(package));
    return analyze(package, facts, options);
}

Result<Analysis> analyze(const Package& package, const std::vector<FileFacts>& facts,
                         const AnalyzeOptions& options) {
    Analysis analysis;
    analysis.package = package.name();
    count_entries(package.entries(), facts, analysis);
    const EntryTree tree(package.entries());
    analysis.biggest_files = biggest_files(tree, facts, options.biggest);
    analysis.biggest_directories = biggest_directories(tree, facts, options.biggest);
    analysis.unzipped = {analysis.bytes, options.max_unzipped_bytes, false};
    analysis.zipped.limit_bytes = options.max_zipped_bytes;
    if (const auto bytes = archive_bytes(package)) {
        analysis.zipped.bytes = *bytes;
    } else {
        BALLAST_TRY(analysis.zipped.bytes, estimate_zip_bytes(package));
        analysis.zipped.estimated = true;
    }
    analysis.lacks = find_lacks(package, facts);
    return analysis;
}

}  // namespace ballast
