#include "cli/own_program.hpp"

#include <unistd.h>

#include <array>
#include <climits>

#include "format/lock.hpp"

namespace ballast {

Result<std::string> find_run_program(const std::string& named) {
    if (!named.empty()) return named;
    std::array<char, PATH_MAX> buffer = {};
    const auto length = ::readlink("/proc/self/exe", buffer.data(), buffer.size());
    const std::string own(buffer.data(), length > 0 ? static_cast<std::size_t>(length) : 0);
    std::string beside = own.substr(0, own.find_last_of('/') + 1) + std::string(k_run_file);
    if (::access(beside.c_str(), R_OK) != 0) {
        return fail(ErrorCode::not_found, beside, "ballast-run is not there", "name it with --run-program");
    }
    return beside;
}

}  // namespace ballast
