#include "analyze/analyze.hpp"

#include <algorithm>
#include <filesystem>
#include <functional>
#include <map>
#include <optional>
#include <system_error>
#include <utility>

#include "analyze/biggest.hpp"
#include "analyze/zip_estimate.hpp"
#include "base/share.hpp"

namespace ballast {
namespace {

constexpr std::size_t k_biggest_leftovers = 3;

// The size of the package's own file when it is a zip.
std::optional<std::uint64_t> archive_bytes(const Package& package) {
    std::error_code error;
    if (!std::filesystem::is_regular_file(package.name(), error)) return std::nullopt;
    const auto size = std::filesystem::file_size(package.name(), error);
    if (error) return std::nullopt;
    return size;
}

// Takes a package apart, one view after the other. Each file's amount is settled first, so that every view
// adds up to the same.
class Analyzer {
  public:
    Analyzer(const Inventory& inventory, const AnalyzeOptions& options)
        : m_inventory(inventory),
          m_package(inventory.package()),
          m_facts(inventory.facts()),
          m_options(options),
          m_tree(inventory.tree()) {}

    Result<Analysis> run() {
        m_analysis.package = m_package.name();
        m_analysis.layers = m_options.layers;
        if (m_package.image() != nullptr) m_analysis.image = *m_package.image();
        BALLAST_CHECK(measure_files());
        count_entries();
        check_sizes();
        m_analysis.biggest_files = biggest_files(m_inventory, m_amounts, m_options.biggest);
        m_analysis.biggest_directories = biggest_directories(m_inventory, m_amounts, m_options.biggest);
        count_extensions();
        count_leftovers();
        count_strippable();
        BALLAST_CHECK(count_packages());
        BALLAST_CHECK(count_duplicates());
        find_what_is_lacking();
        if (m_options.tree_nodes > 0)
            m_analysis.tree = make_tree(m_inventory, m_amounts, m_analysis.package, m_options.tree_nodes);
        return std::move(m_analysis);
    }

  private:
    bool is_file(std::size_t index) const { return m_tree.entry(index).kind == EntryKind::file; }

    Result<void> measure_files() {
        m_amounts.resize(m_tree.size());
        bool estimated = false;
        for (std::size_t i = 0; i < m_tree.size(); ++i) {
            if (!is_file(i)) continue;
            const auto stored = m_package.stored(i);
            estimated = estimated || !stored;
            m_amounts[i] = {m_tree.entry(i).size, stored ? stored->bytes : 0, 1};
        }
        const auto archive = m_analysis.image ? std::nullopt : archive_bytes(m_package);
        if (estimated || !archive) {
            BALLAST_TRY(const ZipEstimate estimate, estimate_zip(m_package));
            for (std::size_t i = 0; i < m_tree.size(); ++i)
                m_amounts[i].compressed_bytes = estimate.file_bytes[i];
            m_zip_bytes = {estimate.bytes, m_options.max_zipped_bytes, true};
            m_analysis.compressed_estimated = true;
        }
        if (archive) m_zip_bytes = {*archive, m_options.max_zipped_bytes, false};
        return {};
    }

    void count_entries() {
        auto& categories = m_analysis.categories;
        for (std::size_t i = 0; i < m_tree.size(); ++i) {
            if (m_tree.entry(i).kind == EntryKind::directory) ++m_analysis.directories;
            if (m_tree.entry(i).kind == EntryKind::symlink) ++m_analysis.symlinks;
            if (!is_file(i)) continue;
            categories.at(static_cast<std::size_t>(m_facts[i].category)).add(m_amounts[i]);
            m_analysis.bytes += m_amounts[i].bytes;
            m_analysis.compressed_bytes += m_amounts[i].compressed_bytes;
            ++m_analysis.files;
        }
        std::array<std::uint64_t, k_categories.size()> bytes = {};
        std::ranges::transform(categories, bytes.begin(), &CategoryPart::bytes);
        const auto shares = shares_of(bytes);
        for (std::size_t c = 0; c < bytes.size(); ++c) {
            categories.at(c).category = k_categories.at(c);
            categories.at(c).hundredths = shares[c];
        }
    }

    void check_sizes() {
        m_analysis.unzipped = {m_analysis.bytes, m_options.max_unzipped_bytes, false};
        for (const auto& layer : m_options.layers) m_analysis.unzipped.bytes += layer.bytes;
        if (m_analysis.image) {
            m_analysis.unzipped.bytes = m_analysis.image->bytes();
        } else {
            m_analysis.zipped = m_zip_bytes;
        }
    }

    void count_extensions() {
        std::map<std::string, Amount> extensions;
        for (std::size_t i = 0; i < m_tree.size(); ++i) {
            if (is_file(i)) extensions[kind_of_name(m_tree.entry(i).path)].add(m_amounts[i]);
        }
        for (const auto& [extension, amount] : extensions)
            m_analysis.extensions.push_back({amount, extension});
        std::ranges::stable_sort(m_analysis.extensions, std::greater(), &Amount::bytes);
    }

    void count_leftovers() {
        const auto kinds = find_leftovers(m_inventory);
        std::array<std::vector<std::size_t>, k_leftovers.size()> files;
        for (std::size_t i = 0; i < kinds.size(); ++i) {
            if (!kinds[i] || m_amounts[i].bytes == 0) continue;
            m_analysis.leftovers.at(static_cast<std::size_t>(*kinds[i])).add(m_amounts[i]);
            files.at(static_cast<std::size_t>(*kinds[i])).push_back(i);
        }
        for (std::size_t k = 0; k < k_leftovers.size(); ++k) {
            m_analysis.leftovers.at(k).kind = k_leftovers.at(k);
            m_analysis.leftovers.at(k).biggest =
                biggest_files(m_inventory, m_amounts, std::move(files.at(k)), k_biggest_leftovers);
        }
    }

    void count_strippable() {
        Strippable& all = m_analysis.strippable;
        for (std::size_t i = 0; i < m_tree.size(); ++i) {
            if (!is_file(i) || !m_facts[i].elf) continue;
            const ElfInfo& elf = *m_facts[i].elf;
            const StrippableFile file = {m_tree.entry(i).path, m_tree.entry(i).size, elf.debug_bytes,
                                         elf.symbol_bytes};
            if (file.strippable() == 0) continue;
            all.debug_bytes += file.debug_bytes;
            all.symbol_bytes += file.symbol_bytes;
            ++all.files;
            all.biggest.push_back(file);
        }
        std::ranges::stable_sort(all.biggest, std::greater(), &StrippableFile::strippable);
        all.biggest.resize(std::min(all.biggest.size(), m_options.biggest));
    }

    Result<void> count_packages() {
        BALLAST_TRY(const InstalledPackages installed, find_installed(m_inventory));
        std::vector<Amount> amounts(installed.list.size());
        for (std::size_t i = 0; i < m_tree.size(); ++i) {
            if (is_file(i) && installed.owner[i] != InstalledPackages::k_none)
                amounts[installed.owner[i]].add(m_amounts[i]);
        }
        m_analysis.package_copies = find_copies(installed.list, amounts);
        for (std::size_t i = 0; i < installed.list.size(); ++i)
            m_analysis.packages.push_back({amounts[i], installed.list[i]});
        std::ranges::stable_sort(m_analysis.packages, std::greater(), &Amount::bytes);
        return {};
    }

    Result<void> count_duplicates() {
        BALLAST_TRY(const auto sets, find_equal_files(m_package));
        DuplicateFiles& all = m_analysis.duplicate_files;
        all.sets = sets.size();
        for (const auto& set : sets) {
            all.extra_bytes += set.extra_bytes();
            all.extra_files += set.entries.size() - 1;
            if (all.biggest.size() == k_sets_listed) continue;
            EqualPaths listed = {set.bytes, set.entries.size(), set.extra_bytes(), {}};
            for (std::size_t i = 0; i < std::min(set.entries.size(), k_paths_listed); ++i)
                listed.paths.push_back(m_tree.entry(set.entries[i]).path);
            all.biggest.push_back(std::move(listed));
        }
        return {};
    }

    // An image brings its own system: nothing is measured against Amazon Linux's.
    void find_what_is_lacking() {
        if (m_analysis.image) return;
        std::vector<std::string> provided;
        for (const auto& layer : m_options.layers)
            provided.insert(provided.end(), layer.libraries.begin(), layer.libraries.end());
        m_analysis.lacks = find_lacks(m_inventory, provided);
    }

    const Inventory& m_inventory;
    const Package& m_package;
    const std::vector<FileFacts>& m_facts;
    const AnalyzeOptions& m_options;
    const EntryTree& m_tree;
    std::vector<Amount> m_amounts;  // of each entry; nothing for what is not a file
    SizeCheck m_zip_bytes;
    Analysis m_analysis;
};

}  // namespace

Layer measure_layer(const Inventory& inventory) {
    Layer layer = {inventory.package().name(), 0, 0, library_names(inventory)};
    for (const auto& entry : inventory.entries()) {
        if (entry.kind != EntryKind::file) continue;
        layer.bytes += entry.size;
        ++layer.files;
    }
    return layer;
}

std::vector<RemovablePart> Analysis::removable() const {
    std::vector<RemovablePart> parts;
    const auto path_in = [](const auto& list) { return list.empty() ? "" : list.front().path; };
    parts.push_back({{strippable.bytes(), 0, strippable.files},
                     "debug information and symbols, to 'strip'",
                     path_in(strippable.biggest)});
    for (const auto& part : leftovers)
        parts.push_back({part, leftover_title(part.kind), path_in(part.biggest)});
    const auto& copies = duplicate_files.biggest;
    parts.push_back({{duplicate_files.extra_bytes, 0, duplicate_files.extra_files},
                     "further copies of files",
                     copies.empty() ? "" : copies.front().paths.back()});
    std::erase_if(parts, [](const RemovablePart& part) { return part.bytes == 0; });
    std::ranges::stable_sort(parts, std::greater(), &Amount::bytes);
    return parts;
}

Result<Analysis> analyze(const Inventory& inventory, const AnalyzeOptions& options) {
    return Analyzer(inventory, options).run();
}

}  // namespace ballast
