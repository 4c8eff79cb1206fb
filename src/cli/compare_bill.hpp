#pragma once

#include "cli/compare_flags.hpp"

namespace ballast {

// What each way costs others than Lambda, by the prices of simulate/prices.hpp.
void price_ways(Experiment& experiment);

// Simulates the user's rate or log with every way whose times are known, and puts the bills into them.
// Without a rate and a log nothing. Errors: usage, naming the flag; those of the log.
Result<void> bill_ways(const CompareFlags& flags, Experiment& experiment);

}  // namespace ballast
