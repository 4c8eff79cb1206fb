#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "analyze/analyze.hpp"
#include "base/result.hpp"

namespace ballast {

// How much a package may grow: "5MB", or "2.5%" of what it was.
struct MaxGrowth {
    std::string text;         // as the user wrote it
    std::uint64_t bytes = 0;  // where it is not a percentage
    std::optional<double> percent = std::nullopt;

    std::uint64_t allowed(std::uint64_t before) const;
};

// Errors: usage.
Result<MaxGrowth> parse_max_growth(const std::string& text);

// What one part took before and takes now. What was not there took nothing.
struct PartChange {
    std::string name;
    std::string version_before = {};  // of packages
    std::string version_after = {};
    std::uint64_t before = 0;
    std::uint64_t after = 0;
    bool was_there = false;
    bool is_there = false;

    std::int64_t bytes() const {
        return static_cast<std::int64_t>(after) - static_cast<std::int64_t>(before);
    }
};

// What changed since an earlier report. The lists hold what differs, those that changed most first, and are
// empty where the report, of an older Ballast, does not have them.
struct Comparison {
    std::string baseline;      // the report's file
    std::uint64_t before = 0;  // unzipped, with layers
    std::uint64_t after = 0;
    std::optional<std::uint64_t> zipped_before = std::nullopt;
    std::optional<std::uint64_t> zipped_after = std::nullopt;
    std::vector<PartChange> categories = {};
    std::vector<PartChange> packages = {};
    std::vector<PartChange> extensions = {};
    std::optional<MaxGrowth> max_growth = std::nullopt;

    std::int64_t bytes() const {
        return static_cast<std::int64_t>(after) - static_cast<std::int64_t>(before);
    }
    bool is_over() const {
        return max_growth && after > before && after - before > max_growth->allowed(before);
    }
};

// Compares with what `ballast analyze --json` wrote before; `file` names it. Errors: corrupt for what is no
// such report.
Result<Comparison> compare_with_baseline(const Analysis& analysis, std::string_view report,
                                         const std::string& file);

inline constexpr std::uint64_t k_max_report_bytes = 256ULL << 20U;

}  // namespace ballast
