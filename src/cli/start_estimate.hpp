#pragma once

#include <string>
#include <vector>

#include "base/result.hpp"
#include "pack/cold_start.hpp"

namespace ballast {

// What a cold start of these groups (none: all of the tree) has to do, by the manifest's bytes. Errors:
// corrupt.
Result<ColdStartWork> cold_start_work(const std::string& manifest, const std::vector<std::string>& groups);

// "start   about 0.8 s ..."
std::string estimate_text(const ColdStartWork& work, const ColdStartEstimate& estimate,
                          const std::vector<std::string>& groups);

// What to say when it comes near the end of Lambda's init phase; "" when it does not.
std::string estimate_warning(const ColdStartEstimate& estimate);

}  // namespace ballast
