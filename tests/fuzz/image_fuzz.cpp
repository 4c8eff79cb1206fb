// A container image's archive of arbitrary bytes: opening it and reading its files must never fail other than
// with an error, and what is accepted must keep the promises of package/package.hpp.

#include <sys/mman.h>

#include <cstdint>
#include <string>

#include "base/file.hpp"
#include "package/image/image_package.hpp"
#include "package/read_entry.hpp"
#include "package_promises.hpp"

using namespace ballast;
using namespace ballast::fuzz;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    Fd fd(::memfd_create("image", MFD_CLOEXEC));
    require(write_all(fd, std::as_bytes(std::span(data, size)), "image").has_value());
    const auto image = open_image_package(std::move(fd), "image.tar", k_limits);
    if (!image) {
        require(image.error().code == ErrorCode::corrupt || image.error().code == ErrorCode::usage);
        return 0;
    }
    check_entries((*image)->entries(), [](const Entry& link) { return !link.target.starts_with('/'); });
    for (std::size_t i = 0; i < (*image)->entries().size(); ++i) {
        if ((*image)->entries()[i].kind != EntryKind::file) continue;
        const auto text = read_entry(**image, i, 1 << 20);
        require(text && text->size() == (*image)->entries()[i].size);
    }
    const ImageFacts& facts = *(*image)->image();
    require(facts.hidden_bytes() <= facts.bytes());
    return 0;
}
