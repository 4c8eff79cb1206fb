#include "format/tree_digest.hpp"

namespace ballast {

TreeDigest::TreeDigest() {
    m_hash.update("ballast tree 1\n");
}

void TreeDigest::add_integer(std::uint64_t value, unsigned width) {
    std::array<std::byte, 8> bytes = {};
    for (unsigned i = 0; i < width; ++i) bytes[i] = static_cast<std::byte>((value >> (8 * i)) & 0xFFU);
    m_hash.update(std::span(bytes).first(width));
}

void TreeDigest::add(std::string_view path, EntryKind kind, std::uint16_t mode, std::string_view target,
                     std::uint64_t bytes, const Digest& content) {
    add_integer(static_cast<std::uint64_t>(kind), 1);
    add_integer(mode, 2);
    add_integer(path.size(), 4);
    m_hash.update(path);
    if (kind == EntryKind::file) {
        add_integer(bytes, 8);
        m_hash.update(std::as_bytes(std::span(content.bytes)));
    } else if (kind == EntryKind::symlink) {
        add_integer(target.size(), 4);
        m_hash.update(target);
    }
}

}  // namespace ballast
