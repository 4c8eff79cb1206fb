#pragma once

#include <functional>
#include <map>
#include <string>

#include "base/environment.hpp"
#include "format/lock.hpp"

namespace ballast {

// The value that a variable has now; "" when it is not set.
using PresentValue = std::function<std::string(const char* name)>;

// The variables that let programs run out of a hydrated tree: the lock's directories before what PATH
// and LD_LIBRARY_PATH hold now, the lock's own variables with "{tree}" replaced, and BALLAST_TREE.
std::map<std::string, std::string> tree_environment(const Lock& lock, const std::string& tree_path,
                                                    const PresentValue& present = &environment);

}  // namespace ballast
