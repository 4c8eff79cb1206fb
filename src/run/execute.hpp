#pragma once

#include <string>
#include <vector>

#include "base/result.hpp"
#include "run/settings.hpp"

namespace ballast {

// Hydrates, then becomes the program, in the tree's environment and holding the tree: it only returns when
// that failed. Nothing of this process is left in the program but use.lock: memory, threads and connections
// end with the exec. REQUIRES: the program has a name.
Result<int> hydrate_and_execute(const RunFlags& flags, const std::vector<std::string>& program,
                                const SlimSource& source);

}  // namespace ballast
