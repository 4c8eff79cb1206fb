#pragma once

#include <memory>
#include <string>

#include "cli/compare_flags.hpp"
#include "simulate/distribution.hpp"
#include "simulate/source.hpp"

namespace ballast {

// What each way costs others than Lambda, by the prices of simulate/prices.hpp.
void price_ways(Experiment& experiment);

// The user's requests, by rate or log.
struct Requests {
    std::unique_ptr<InvocationSource> source = {};  // none without a rate and a log
    Distribution init = Distribution::fixed(0);
    std::string said = {};  // for people
};

// To be asked for before the work for it. Errors: usage, naming the flag; those of opening logs.
Result<Requests> requests_of(const CompareFlags& flags);

// Simulates them with every way whose times are known, and puts the bills into the ways. REQUIRES: called
// once. Errors: those of the log.
Result<void> bill_ways(const CompareFlags& flags, Requests& requests, Experiment& experiment);

}  // namespace ballast
