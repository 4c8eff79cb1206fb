#pragma once

#include <string>

#include "base/progress.hpp"
#include "base/result.hpp"
#include "pack/push.hpp"

namespace ballast {

// Pushes what `pack` staged beside the slim package, then removes the staged packs: the store has them.
// `store` overrides the one in the package's lock when it is not empty.
Result<PushReport> push_staged(const std::string& slim_path, const std::string& store,
                               Progress::Output output);

// "pushed  84.1 MB in 2 packs to file:///srv/ballast"
std::string push_text(const PushReport& report, const std::string& store);

}  // namespace ballast
