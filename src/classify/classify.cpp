#include "classify/classify.hpp"

#include <string_view>
#include <utility>

#include "base/enum_name.hpp"
#include "base/relative_path.hpp"
#include "classify/content_probe.hpp"
#include "classify/language_dependencies.hpp"
#include "classify/name_rules.hpp"
#include "classify/system_tree.hpp"
#include "format/links.hpp"
#include "package/entry_tree.hpp"

namespace ballast {
namespace {

constexpr std::uint16_t k_executable_bits = 0111;

struct Verdict {
    Category category;
    std::string_view rule;
};

// Lambda starts these from where they lie: the program of an OS-only runtime, and a layer's extensions.
bool is_started_by_platform(const Entry& entry) {
    if (entry.path == "bootstrap") return true;
    return parent_path(entry.path) == "extensions" && (entry.mode & k_executable_bits) != 0;
}

// Whether a place where executables are, too, has the file as their data. What has a name of the
// function's own languages never comes here.
bool is_system_data(const Entry& entry, const DirectoryRole& role, Content::Kind content) {
    const bool script = content == Content::Kind::script && (entry.mode & k_executable_bits) != 0;
    if (role.root == SystemPlace::share) return true;
    if (role.root == SystemPlace::programs) return script;
    if (role.root == SystemPlace::libraries) return script || is_library_name(entry.path) || role.beside_usr;
    return role.beside_usr && (role.root == SystemPlace::etc || role.root == SystemPlace::var);
}

// The rules in order, as docs/classify.md has them: the first that fits decides.
Verdict judge(const Entry& entry, bool installed, const Content& content, const DirectoryRole& role) {
    if (installed) return {Category::language_dependencies, "installed by a package manager"};
    if (is_started_by_platform(entry)) return {Category::source, "started by the platform"};
    if (content.kind == Content::Kind::elf) return {Category::binaries, "ELF file"};
    if (content.kind == Content::Kind::archive) return {Category::binaries, "static library"};
    if (role.system) return {Category::binaries, "system tree"};
    const NameClass name = class_of_name(entry.path);
    if (name == NameClass::resource) return {Category::binaries, "font, colour profile or compiled cache"};
    if (role.resource && name != NameClass::code) return {Category::binaries, "resource directory"};
    if (is_source_name(name)) return {Category::source, "source name"};
    if (is_system_data(entry, role, content.kind)) return {Category::binaries, "beside executables"};
    if (role.application && name != NameClass::media) return {Category::binaries, "application directory"};
    if (name == NameClass::configuration) return {Category::source, "source name"};
    return {Category::other, "nothing fits"};
}

// How many bytes and files of each category lie before an entry, so that a directory's own are a
// difference: a package may have a symlink to a large directory many times.
class CategorySums {
  public:
    CategorySums(const std::vector<Entry>& entries, const std::vector<FileFacts>& facts)
        : m_sums(entries.size() + 1) {
        for (std::size_t i = 0; i < entries.size(); ++i) {
            m_sums[i + 1] = m_sums[i];
            if (entries[i].kind != EntryKind::file) continue;
            auto& sum = m_sums[i + 1][static_cast<std::size_t>(facts[i].category)];
            sum.bytes += entries[i].size;
            ++sum.files;
        }
    }

    // The category of most bytes, of equals that of most files, among the entries from `first` to `end`.
    Category largest(std::size_t first, std::size_t end) const {
        std::pair<std::uint64_t, std::uint64_t> most = {0, 0};
        Category largest = Category::other;
        for (const Category category : k_categories) {
            const auto at = static_cast<std::size_t>(category);
            const std::pair found = {m_sums[end][at].bytes - m_sums[first][at].bytes,
                                     m_sums[end][at].files - m_sums[first][at].files};
            if (found > most) {
                most = found;
                largest = category;
            }
        }
        return largest;
    }

  private:
    struct Sum {
        std::uint64_t bytes = 0;
        std::uint64_t files = 0;
    };
    std::vector<std::array<Sum, k_categories.size()>> m_sums;
};

void classify_links(const EntryTree& tree, std::vector<FileFacts>& facts) {
    const CategorySums sums(tree.entries(), facts);
    const LinkLookup target_of = [&](std::string_view path) -> std::optional<std::string_view> {
        const auto found = tree.find(path);
        if (!found || tree.entry(*found).kind != EntryKind::symlink) return std::nullopt;
        return std::string_view(tree.entry(*found).target);
    };
    for (std::size_t i = 0; i < tree.size(); ++i) {
        const Entry& entry = tree.entry(i);
        if (entry.kind != EntryKind::symlink) continue;
        facts[i].rule = "leads nowhere in the package";
        const auto path = resolve_link(entry.path, entry.target, target_of);
        if (!path) continue;
        const auto destination = path->empty() ? EntryTree::k_top : tree.find(*path).value_or(tree.size());
        if (destination == tree.size()) continue;
        facts[i].rule = "as what it leads to";
        const bool is_directory =
            destination == EntryTree::k_top || tree.entry(destination).kind == EntryKind::directory;
        facts[i].category = is_directory
                                ? sums.largest(tree.first_below(destination), tree.end_of(destination))
                                : facts[destination].category;
    }
}

}  // namespace

std::string_view category_title(Category category) {
    return enum_name(category,
                     {"source", "language dependencies", "executables and system libraries", "other"});
}

std::string_view category_name(Category category) {
    return enum_name(category, {"source", "language_dependencies", "binaries", "other"});
}

Result<std::vector<FileFacts>> classify(const Package& package, const EntryTree& tree) {
    BALLAST_TRY(const std::vector<bool> installed, find_language_dependencies(package, tree));
    std::vector<std::size_t> to_probe;
    for (std::size_t i = 0; i < tree.size(); ++i) {
        // Installed text stays installed text whatever it holds: not opening it is most of the speed on
        // node_modules.
        if (tree.entry(i).kind == EntryKind::file && !(installed[i] && is_surely_text(tree.entry(i).path))) {
            to_probe.push_back(i);
        }
    }
    BALLAST_TRY(auto probed, probe_contents(package, to_probe));
    std::vector<Content> contents(tree.size());
    for (std::size_t i = 0; i < to_probe.size(); ++i) contents[to_probe[i]] = std::move(probed[i]);

    std::vector<RoleFacts> role_facts(tree.size());
    for (std::size_t i = 0; i < tree.size(); ++i) {
        role_facts[i] = {installed[i], contents[i].kind == Content::Kind::elf};
    }
    const std::vector<DirectoryRole> roles = find_directory_roles(tree, role_facts);

    std::vector<FileFacts> facts(tree.size());
    for (std::size_t i = 0; i < tree.size(); ++i) {
        if (tree.entry(i).kind != EntryKind::file) continue;
        const std::size_t parent = tree.parent(i);
        const DirectoryRole role = parent == EntryTree::k_top ? DirectoryRole() : roles[parent];
        const Verdict verdict = judge(tree.entry(i), installed[i], contents[i], role);
        facts[i] = {verdict.category, verdict.rule, std::move(contents[i].elf),
                    std::move(contents[i].elf_fault)};
    }
    classify_links(tree, facts);
    return facts;
}

}  // namespace ballast
