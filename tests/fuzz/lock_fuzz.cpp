// Any bytes as ballast.lock and as a version record: refused as corrupt, or read, written and read again.

#include <cstdlib>

#include "format/lock.hpp"
#include "format/version.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace ballast;
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    const auto lock = parse_lock(text, "fuzz");
    if (!lock && lock.error().code != ErrorCode::corrupt) std::abort();
    if (lock && write_lock(parse_lock(write_lock(*lock), "again").value()) != write_lock(*lock)) std::abort();
    const auto version = parse_version(text, "fuzz");
    if (!version && version.error().code != ErrorCode::corrupt) std::abort();
    if (version && !parse_version(write_version(*version), "again")) std::abort();
    return 0;
}
