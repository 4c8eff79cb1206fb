#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "base/table.hpp"
#include "package/classify.hpp"
#include "package/package.hpp"

namespace ballast {

// Lambda's quotas (AWS Lambda developer guide, "Lambda quotas"): unzipped with layers, and the zip of a
// direct upload.
inline constexpr std::uint64_t k_max_unzipped_bytes = 262'144'000;
inline constexpr std::uint64_t k_max_zipped_bytes = 52'428'800;

struct AnalyzeOptions {
    std::uint64_t max_unzipped_bytes = k_max_unzipped_bytes;
    std::uint64_t max_zipped_bytes = k_max_zipped_bytes;
    std::size_t biggest = 10;  // how many files, and how many directories, are listed
};

// What the files of one category take. Symlinks are not counted: they have no bytes.
struct CategoryPart {
    Category category = Category::other;
    std::uint64_t bytes = 0;
    std::uint64_t files = 0;
    std::uint32_t hundredths = 0;  // of a percent of all bytes; those of all categories add up to 10,000
};

struct BigEntry {
    std::string path;  // a directory's ends in '/'
    std::uint64_t bytes = 0;
    std::uint64_t files = 0;              // below a directory; 1 for a file
    Category category = Category::other;  // of a directory: that of most bytes below
};

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
    std::array<CategoryPart, k_categories.size()> categories = {};  // in the order of k_categories
    std::vector<BigEntry> biggest_files = {};                       // by size, then by path
    std::vector<BigEntry> biggest_directories = {};
    SizeCheck unzipped = {};  // the sum of all files' sizes
    SizeCheck zipped = {};    // of a zip its own size; of a directory an estimate (zip_estimate.hpp)
    std::vector<Lack> lacks = {};
};

// Reads the package: what classify() reads and, of a directory, samples for the estimate.
// Errors: those of reading the package.
Result<Analysis> analyze(const Package& package, const AnalyzeOptions& options = {});

// The same for a package that was classified already. REQUIRES: facts = classify(package).
Result<Analysis> analyze(const Package& package, const std::vector<FileFacts>& facts,
                         const AnalyzeOptions& options = {});

// For people. Ends in '\n'. Estimates are marked with "≈".
std::string analysis_text(const Analysis& analysis, Colours colours);

// For programs; docs/analyze.md describes each field.
nlohmann::ordered_json analysis_json(const Analysis& analysis);

}  // namespace ballast
