#pragma once

#include "run/finding.hpp"

namespace ballast {

// Whether a tree can be written to the root, published in it, and run out of it: owner, file system, flock,
// rename, links, execution. A root that is not there is made and removed again. `needed_bytes`: 0 when the
// tree is there.
Findings look_at_root(const std::string& root, std::uint64_t needed_bytes);

}  // namespace ballast
