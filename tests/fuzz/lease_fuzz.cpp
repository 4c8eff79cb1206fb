// Any bytes as a lease and as a mark of gc: refused as corrupt, or read, written and read again.

#include <cstdlib>

#include "format/lease.hpp"
#include "format/removal_mark.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace ballast;
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    const auto lease = parse_lease(text, "fuzz");
    if (!lease && lease.error().code != ErrorCode::corrupt) std::abort();
    if (lease && write_lease(parse_lease(write_lease(*lease), "again").value()) != write_lease(*lease))
        std::abort();
    const auto mark = parse_removal_mark(text, "fuzz");
    if (!mark && mark.error().code != ErrorCode::corrupt) std::abort();
    if (mark && write_removal_mark(parse_removal_mark(write_removal_mark(*mark), "again").value()) !=
                    write_removal_mark(*mark))
        std::abort();
    return 0;
}
