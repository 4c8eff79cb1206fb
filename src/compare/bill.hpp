#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "compare/experiment.hpp"
#include "simulate/distribution.hpp"
#include "simulate/invocation.hpp"
#include "simulate/prices.hpp"

namespace ballast {

// The requests that the ways are to be billed for: a rate or logs. With neither there are no bills.
struct BillOptions {
    std::optional<double> rate = {};                      // a second
    std::vector<std::string> traces = {};                 // logs, which come before the rate
    Distribution service = Distribution::fixed(100'000);  // of the rate's requests
    Distribution init = Distribution::fixed(0);           // what a cold start takes now, where no log says
    std::uint16_t memory_mb = 1024;                       // where no log says
    Architecture architecture = Architecture::x86;
    std::uint64_t seed = 1;
};

struct Requests {
    std::unique_ptr<InvocationSource> source = {};  // none without a rate and a log
    std::string said = {};                          // for people
};

// To be asked for before the work for it. Errors: those of opening logs.
Result<Requests> open_requests(const BillOptions& options);

// What each way costs others than Lambda, by the prices of simulate/prices.hpp.
void price_ways(std::vector<Way>& ways);

// Simulates the requests with every way whose times are known, and puts the bills into the ways and `rate`
// into the experiment. REQUIRES: the requests are those of open_requests(options), and were not read.
// Errors: those of the log.
Result<void> bill_ways(const BillOptions& options, const Requests& requests, Experiment& experiment);

}  // namespace ballast
