// Any bytes as a manifest: refused as corrupt, or a manifest whose every promise holds.

#include <cstdlib>

#include "format/manifest.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace ballast;
    const auto manifest = Manifest::parse(std::string(reinterpret_cast<const char*>(data), size), "fuzz");
    if (!manifest) {
        if (manifest.error().code != ErrorCode::corrupt) std::abort();
        return 0;
    }
    (void)manifest->compute_tree_digest();
    for (const auto& entry : manifest->entries()) {
        if (manifest->find(entry.path) != &entry) std::abort();
        if (entry.kind != EntryKind::file) continue;
        const auto& content = manifest->contents()[entry.content];
        const auto range = manifest->frames_of(content);
        std::uint64_t bytes = 0;
        for (auto frame = range.first; frame < range.last; ++frame)
            bytes += manifest->frames().at(frame).bytes;
        if (content.bytes != 0 && bytes < content.offset + content.bytes) std::abort();
    }
    return 0;
}
