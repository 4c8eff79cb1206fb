#include "base/environment.hpp"

#include <cstdlib>

namespace ballast {

std::string environment(const char* name) {
    const char* value = std::getenv(name);
    return value == nullptr ? std::string() : std::string(value);
}

}  // namespace ballast
