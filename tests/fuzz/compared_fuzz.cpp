// Any bytes as what `ballast compare --json` wrote: ways as strategies that can be simulated, or an error
// that names the file.

#include <cmath>
#include <cstdlib>

#include "simulate/compared.hpp"
#include "simulate/scenario.hpp"

namespace {

void require(bool holds) {
    if (!holds) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace ballast;
    const auto compared = parse_compared({reinterpret_cast<const char*>(data), size}, "fuzz");
    if (!compared) {
        require(compared.error().code == ErrorCode::corrupt || compared.error().code == ErrorCode::usage);
        require(compared.error().object == "fuzz");
        return 0;
    }
    require(!compared->strategies.empty());
    require(compared->strategies.size() + compared->left_out.size() <= k_max_compared);
    for (const auto& strategy : compared->strategies) {
        require(!strategy.name.empty() && std::isfinite(strategy.usd_per_cold) && strategy.tmp_gb >= 0);
        const auto scenario = make_scenario({.strategy = strategy}, 1);
        const Invocation request{.start_us = 0, .duration_us = 1000};
        scenario->consume({&request, 1});
        require(scenario->finish(k_hour_us).cold == 1);
        require(scenario->tally().latency.most_us() >= 0);
    }
    return 0;
}
