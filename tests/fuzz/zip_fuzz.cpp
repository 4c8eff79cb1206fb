// A zip of arbitrary bytes: opening it and reading every entry must never fail other than with an error,
// and what is accepted must keep the promises of package/package.hpp.

#include <sys/mman.h>

#include <cstdint>
#include <string>
#include <vector>

#include "base/file.hpp"
#include "package/zip/zip_package.hpp"
#include "package_promises.hpp"

namespace {

using namespace ballast;
using namespace ballast::fuzz;

void read_all(const Package& package) {
    std::vector<std::byte> buffer(4096);
    for (std::size_t i = 0; i < package.entries().size(); ++i) {
        if (package.entries()[i].kind != EntryKind::file) continue;
        const auto reader = package.open(i);
        if (!reader) continue;
        std::uint64_t total = 0;
        for (;;) {
            const auto count = (*reader)->read(buffer);
            if (!count) break;
            total += *count;
            require(total <= package.entries()[i].size);
            if (*count == buffer.size()) continue;
            require(total == package.entries()[i].size);
            break;
        }
    }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    Fd fd(::memfd_create("zip", MFD_CLOEXEC));
    require(write_all(fd, std::as_bytes(std::span(data, size)), "zip").has_value());
    const auto package = open_zip_package(std::move(fd), "app.zip", k_limits);
    if (!package) {
        require(package.error().code == ErrorCode::corrupt);
        return 0;
    }
    check_entries((*package)->entries(),
                  [](const Entry& link) { return link_stays_inside(link.path, link.target); });
    read_all(**package);
    return 0;
}
