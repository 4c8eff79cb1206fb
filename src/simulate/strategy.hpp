#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.hpp"
#include "simulate/distribution.hpp"

namespace ballast {

// What is assumed of one way to deploy a function: as it is, offloaded as a whole, on demand, as a
// container...
struct Strategy {
    std::string name = "as recorded";
    // What a cold start adds before the handler. Nothing: as the log recorded it (of a simulated cold start
    // whose record was warm, the last one recorded before; Rules::init before the first).
    std::optional<Distribution> cold = {};
    std::int64_t recorded_plus_us = 0;  // with that: what comes to it, or goes; together not less than 0
    std::int64_t warm_us = 0;           // what a warm start adds
    std::int64_t each_us = 0;  // what each invocation adds or spares, cold or warm; with it not less than 0
    std::uint16_t memory_mb = 0;  // 0: as recorded, or the platform's
    double tmp_gb = 0;            // of /tmp above the 512 MB that cost nothing
    double usd_per_cold = 0;      // requests to S3, for instance
    double usd_per_month = 0;     // storage, for instance
};

// `Strategy::tmp_gb` of a function with that much /tmp.
double paid_tmp_gb(std::uint64_t tmp_bytes);

// What a cold start adds, as parse_strategy() reads it.
std::string cold_text(const Strategy& strategy);

// "offloaded=850ms" or "offloaded=850ms,warm:2ms,tmp:1GB,per-cold:0.0000068,month:0.01,memory:1024MB": the
// first is what a cold start adds (a distribution of parse_distribution(), or "recorded", "recorded+850ms",
// "recorded-100ms"), the others, of which "each:5ms" is one more, may be left out. Plain numbers are
// milliseconds: "offloaded=850,2" is a cold and a warm start. Errors: usage, naming the part.
Result<Strategy> parse_strategy(std::string_view text);

}  // namespace ballast
