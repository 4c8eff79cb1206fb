#pragma once

#include <string>

#include "pack/push.hpp"

namespace ballast {

// "pushed  84.1 MB to file:///srv/ballast (2 packs sent, 0 there already)"
std::string push_text(const PushReport& report, const std::string& store);

}  // namespace ballast
