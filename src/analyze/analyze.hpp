#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "analyze/amount.hpp"
#include "analyze/duplicates.hpp"
#include "analyze/leftovers.hpp"
#include "base/result.hpp"
#include "classify/installed_packages.hpp"
#include "classify/inventory.hpp"
#include "classify/lacks.hpp"
#include "classify/lambda_limits.hpp"
#include "package/image/image_facts.hpp"

namespace ballast {

// A layer that the function is deployed with: its files come to the function's own.
struct Layer {
    std::string path;  // as the user named it
    std::uint64_t bytes = 0;
    std::uint64_t files = 0;
    std::vector<std::string> libraries;  // that it brings, by name
};

Layer measure_layer(const Inventory& inventory);

struct AnalyzeOptions {
    std::uint64_t max_unzipped_bytes = k_max_unzipped_bytes;
    std::uint64_t max_zipped_bytes = k_max_zipped_bytes;
    std::size_t biggest = 10;    // how many files, and how many directories, are listed
    std::size_t tree_nodes = 0;  // how many the tree may have; none is made for 0
    std::vector<Layer> layers = {};
};

// What the files of one category take. Symlinks are not counted: they have no bytes.
struct CategoryPart : Amount {
    Category category = Category::other;
    std::uint32_t hundredths = 0;  // of a percent of all bytes; those of all categories add up to 10,000
};

struct BigEntry : Amount {
    std::string path;                     // a directory's ends in '/'
    Category category = Category::other;  // of a directory: that of most bytes below
};

struct ExtensionPart : Amount {
    std::string extension;  // ".js"; ".so" of "libz.so.1" too; "" for none

    std::string title() const { return extension.empty() ? "(none)" : extension; }
};

struct PackagePart : Amount {
    InstalledPackage package;
};

struct LeftoverPart : Amount {
    Leftover kind = Leftover::debug_files;
    std::vector<BigEntry> biggest;  // files, at most 3
};

// What `strip` would take away.
struct StrippableFile {
    std::string path;
    std::uint64_t bytes = 0;  // of the file
    std::uint64_t debug_bytes = 0;
    std::uint64_t symbol_bytes = 0;

    std::uint64_t strippable() const { return debug_bytes + symbol_bytes; }
};

struct Strippable {
    std::uint64_t debug_bytes = 0;
    std::uint64_t symbol_bytes = 0;
    std::uint64_t files = 0;
    std::vector<StrippableFile> biggest;  // those that would lose most, first

    std::uint64_t bytes() const { return debug_bytes + symbol_bytes; }
};

struct EqualPaths {
    std::uint64_t bytes = 0;  // of each
    std::uint64_t copies = 0;
    std::uint64_t extra_bytes = 0;   // of all but one
    std::vector<std::string> paths;  // at most k_paths_listed
};

struct DuplicateFiles {
    std::uint64_t extra_bytes = 0;  // what all copies but one of each take
    std::uint64_t extra_files = 0;
    std::uint64_t sets = 0;
    std::vector<EqualPaths> biggest;  // at most k_sets_listed
};

// A kind of files that a running function hardly needs, of whatever view.
struct RemovablePart : Amount {
    std::string_view what;
    std::string biggest;  // the path of one
};

// A file or directory, or what the smaller ones of a directory take together.
struct AnalysisNode : Amount {
    std::string name;
    Category category = Category::other;  // of a directory: that of most bytes below
    std::vector<AnalysisNode> children = {};
};

inline constexpr std::size_t k_sets_listed = 100;
inline constexpr std::size_t k_paths_listed = 20;

// A size against the platform's limit.
struct SizeCheck {
    std::uint64_t bytes = 0;
    std::uint64_t limit_bytes = 0;
    bool estimated = false;

    bool is_over() const { return bytes > limit_bytes; }
};

// What fills a package.
struct Analysis {
    std::string package;  // as the user named it
    std::uint64_t bytes = 0;
    std::uint64_t files = 0;
    std::uint64_t directories = 0;
    std::uint64_t symlinks = 0;
    std::uint64_t compressed_bytes = 0;  // of the files, without a zip's headers
    bool compressed_estimated = false;
    std::array<CategoryPart, k_categories.size()> categories = {};  // in the order of k_categories
    std::vector<BigEntry> biggest_files = {};                       // by size, then by path
    std::vector<BigEntry> biggest_directories = {};
    std::vector<ExtensionPart> extensions = {};  // all, by size, then by name
    std::vector<PackagePart> packages = {};      // all, by size, then by path
    std::vector<PackageCopies> package_copies = {};
    DuplicateFiles duplicate_files = {};
    std::array<LeftoverPart, k_leftovers.size()> leftovers = {};  // in the order of k_leftovers
    Strippable strippable = {};
    std::vector<Layer> layers = {};
    std::optional<ImageFacts> image = std::nullopt;
    SizeCheck unzipped = {};               // the sum of all files' sizes, layers included; an image's layers
    std::optional<SizeCheck> zipped = {};  // of a zip its own size; of a directory an estimate; no image's
    std::vector<Lack> lacks = {};
    std::optional<AnalysisNode> tree = std::nullopt;  // the package, down to what is large enough to be seen

    // Leftovers, what strip takes away and further copies, where there are any, by size. Parts may tell of
    // the same bytes, as of a test that is there twice, so that they are not to be added up.
    std::vector<RemovablePart> removable() const;
};

// Reads metadata of installed packages, files that may be equal, and, of what is not a zip, samples for the
// estimate. Errors: those of reading the package.
Result<Analysis> analyze(const Inventory& inventory, const AnalyzeOptions& options = {});

}  // namespace ballast
