#include "analyze/leftovers.hpp"

#include <algorithm>
#include <string>

#include "base/enum_name.hpp"
#include "base/relative_path.hpp"
#include "classify/name_rules.hpp"

namespace ballast {
namespace {

template <std::size_t N>
bool is_one_of(std::string_view name, const std::array<std::string_view, N>& names) {
    return std::find(names.begin(), names.end(), name) != names.end();
}

template <std::size_t N>
bool ends_in_one_of(std::string_view name, const std::array<std::string_view, N>& ends) {
    return std::any_of(ends.begin(), ends.end(),
                       [&](auto end) { return name.size() > end.size() && name.ends_with(end); });
}

constexpr auto k_test_directories =
    std::to_array<std::string_view>({"test", "tests", "__tests__", "__mocks__"});
constexpr auto k_document_directories =
    std::to_array<std::string_view>({"doc", "docs", "example", "examples", "info", "man"});

constexpr auto k_map_ends =
    std::to_array<std::string_view>({".js.map", ".mjs.map", ".cjs.map", ".jsx.map", ".ts.map", ".mts.map",
                                     ".cts.map", ".tsx.map", ".css.map"});
constexpr auto k_declaration_ends =
    std::to_array<std::string_view>({".d.ts", ".d.mts", ".d.cts", ".js.flow", ".pyi", ".tsbuildinfo"});
constexpr auto k_test_ends = std::to_array<std::string_view>(
    {".test.js", ".test.mjs", ".test.cjs", ".test.ts", ".test.tsx", ".test.jsx", ".spec.js", ".spec.mjs",
     ".spec.cjs", ".spec.ts", ".spec.tsx", ".spec.jsx"});
// What compilers and linkers read: headers, sources of addons, static libraries.
constexpr auto k_development_ends =
    std::to_array<std::string_view>({".a", ".la", ".o", ".h", ".hh", ".hpp", ".hxx", ".c", ".cc", ".cpp",
                                     ".cxx", ".pc", ".cmake", ".gyp", ".gypi", ".pxd", ".pyx"});
constexpr auto k_document_ends = std::to_array<std::string_view>({".adoc", ".markdown", ".md", ".rst"});
constexpr auto k_document_starts =
    std::to_array<std::string_view>({"AUTHORS", "CHANGELOG", "CHANGES", "CONTRIBUTING", "HISTORY", "README"});
// Licences ask to be shipped.
constexpr auto k_licence_starts =
    std::to_array<std::string_view>({"COPYING", "COPYRIGHT", "LICENCE", "LICENSE", "NOTICE"});

std::string upper(std::string_view text) {
    std::string result(text);
    for (char& letter : result) {
        if (letter >= 'a' && letter <= 'z') letter = static_cast<char>(letter - 'a' + 'A');
    }
    return result;
}

template <std::size_t N>
bool starts_with_one_of(const std::string& name, const std::array<std::string_view, N>& starts) {
    return std::any_of(starts.begin(), starts.end(), [&](auto start) { return name.starts_with(start); });
}

// What is inherited from the directories above.
struct Surroundings {
    bool test = false;
    bool document = false;
};

// Whether a directory is a package's own, so that its name says nothing: node_modules/test.
bool is_package_directory(const EntryTree& tree, std::size_t directory) {
    const std::size_t above = tree.parent(directory);
    if (above == EntryTree::k_top) return false;
    const std::string_view name = file_name(tree.entry(above).path);
    return name == "node_modules" || name.starts_with('@') || name == "site-packages" ||
           name == "dist-packages";
}

bool came_with_others(Category category) {
    return category == Category::language_dependencies || category == Category::binaries;
}

std::optional<Leftover> judge(const Entry& entry, const FileFacts& facts, const Surroundings& around) {
    const std::string_view name = file_name(entry.path);
    if ((facts.elf && facts.elf->debug_file) || name.ends_with(".pdb") || name.ends_with(".dwp"))
        return Leftover::debug_files;
    if (ends_in_one_of(name, k_map_ends)) return Leftover::source_maps;
    const bool licence = starts_with_one_of(upper(name), k_licence_starts);
    if (licence) return std::nullopt;
    if (around.test || ends_in_one_of(name, k_test_ends) || name == "conftest.py") return Leftover::tests;
    if (ends_in_one_of(name, k_declaration_ends)) return Leftover::type_declarations;
    if (!came_with_others(facts.category)) return std::nullopt;
    if (ends_in_one_of(name, k_development_ends)) return Leftover::development;
    // botocore/docs/ is code that runs.
    const bool code = class_of_name(entry.path) == NameClass::code || facts.elf.has_value();
    const bool document = around.document || ends_in_one_of(name, k_document_ends) ||
                          starts_with_one_of(upper(name), k_document_starts);
    if (document && !code) return Leftover::documentation;
    return std::nullopt;
}

}  // namespace

std::string_view leftover_title(Leftover kind) {
    return enum_name(kind, {"debug files", "source maps", "tests", "type declarations",
                            "headers, sources and static libraries", "documentation and examples"});
}

std::string_view leftover_name(Leftover kind) {
    return enum_name(
        kind, {"debug_files", "source_maps", "tests", "type_declarations", "development", "documentation"});
}

std::vector<std::optional<Leftover>> find_leftovers(const Inventory& inventory) {
    const EntryTree& tree = inventory.tree();
    std::vector<std::optional<Leftover>> leftovers(tree.size());
    std::vector<Surroundings> of(tree.size());
    for (std::size_t i = 0; i < tree.size(); ++i) {
        const std::size_t above = tree.parent(i);
        if (above != EntryTree::k_top) of[i] = of[above];
        if (tree.entry(i).kind == EntryKind::file)
            leftovers[i] = judge(tree.entry(i), inventory.facts()[i], of[i]);
        if (tree.entry(i).kind != EntryKind::directory) continue;
        if (is_package_directory(tree, i)) continue;
        const std::string_view name = file_name(tree.entry(i).path);
        of[i].test = of[i].test || is_one_of(name, k_test_directories);
        of[i].document = of[i].document || is_one_of(name, k_document_directories);
    }
    return leftovers;
}

}  // namespace ballast
