#include "store/object_source.hpp"

#include "base/relative_path.hpp"

namespace ballast {

Result<void> ObjectSource::get_range(std::string_view key, std::uint64_t offset, std::span<std::byte> out) {
    BALLAST_TRY(const auto range, open_range(key, offset, out.size()));
    return range->read(out);
}

Result<void> check_key(std::string_view key) {
    if (const auto fault = relative_path_fault(key); !fault.empty())
        return fail(ErrorCode::usage, printable(key), std::string("not a key: ") + std::string(fault));
    return {};
}

}  // namespace ballast
