#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "format/manifest.hpp"
#include "pack/codec_model.hpp"

namespace ballast {

// What one cold start has to do.
struct ColdStartWork {
    std::uint64_t compressed_bytes = 0;
    std::uint64_t zstd_bytes = 0;  // decoded; so the next two
    std::uint64_t lz4_bytes = 0;
    std::uint64_t raw_bytes = 0;
    std::uint64_t files = 0;
};

// The work of a cold start of these groups (none: all of the tree). Errors: not_found for an unknown group.
Result<ColdStartWork> cold_start_work(const Manifest& manifest, const std::vector<std::string>& groups);

// The init phase, after which Lambda kills what is not done and begins again.
inline constexpr double k_init_limit_seconds = 10;
// The model may be wrong by a factor of two: from here on a cold start may not fit into the init phase.
inline constexpr double k_worrying_seconds = k_init_limit_seconds / 2;

// How long that takes, in seconds, from the start of ballast-run until the tree is there: a calculation, not
// a measurement, by the time model of docs/codec.md, which says where each number is from.
struct ColdStartEstimate {
    double network = 0;
    double cores = 0;
    double total = 0;
};
ColdStartEstimate estimate_cold_start(const TimeModel& model, const ColdStartWork& work);

}  // namespace ballast
