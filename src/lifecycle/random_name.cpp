#include "lifecycle/random_name.hpp"

#include <sys/random.h>

#include <array>
#include <cerrno>
#include <cstdint>

#include "codec/sha256.hpp"

namespace ballast {

Result<std::string> random_name() {
    std::array<std::uint8_t, 16> bytes = {};
    // So few bytes come whole, or not at all.
    if (::getrandom(bytes.data(), bytes.size(), 0) != static_cast<ssize_t>(bytes.size())) {
        return fail_errno(errno, "random name", "the system gives no random bytes");
    }
    return hex(bytes);
}

}  // namespace ballast
