// Any bytes as a log of invocations: read in full, or refused as corrupt with the file's name. What is read
// keeps the promises of simulate/invocation.hpp, and can be simulated.

#include <cstdlib>
#include <vector>

#include "simulate/input/log_file.hpp"
#include "simulate/scenario.hpp"

namespace {

using namespace ballast;

void require(bool holds) {
    if (!holds) std::abort();
}

void read_as(std::string_view text, std::optional<LogFormat> format) {
    LogOptions options;
    options.format = format;
    options.window = 64;
    options.units = {.start_us = 1e6, .duration_us = 1e3};
    const auto log = memory_log(text, "fuzz", options);
    if (!log)
        return require(log.error().code == ErrorCode::corrupt && log.error().object.starts_with("fuzz"));
    Rules rules;
    rules.platform.expiry.spare = Distribution::uniform(600 * k_second_us, 900 * k_second_us);
    rules.platform.concurrency = 3;
    const auto scenario = make_scenario(rules, 1);
    std::vector<std::int64_t> latest;
    std::size_t count = 0;
    // Counts in Azure's format ask for more than bytes can hold: enough is enough.
    while (count < 200'000) {
        const auto block = (*log)->next();
        if (!block)
            return require(block.error().code == ErrorCode::corrupt &&
                           block.error().object.starts_with("fuzz"));
        if (block->empty()) break;
        count += block->size();
        for (const auto& invocation : *block) {
            require(invocation.duration_us >= 0 && invocation.duration_us <= k_most_duration_us);
            require(std::abs(invocation.start_us) < k_most_time_us + 2 * k_most_duration_us);
            if (invocation.function >= latest.size()) latest.resize(invocation.function + 1, INT64_MIN);
            require(invocation.start_us >= latest[invocation.function]);
            latest[invocation.function] = invocation.start_us;
        }
        scenario->consume(*block);
    }
    require(scenario->tally().requests == count);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    read_as(text, std::nullopt);
    for (const auto format : {LogFormat::lambda, LogFormat::insights, LogFormat::csv,
                              LogFormat::lambda_traces, LogFormat::azure_2019, LogFormat::azure_2021})
        read_as(text, format);
    return 0;
}
