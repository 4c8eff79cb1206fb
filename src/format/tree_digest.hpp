#pragma once

#include <span>
#include <string_view>

#include "codec/sha256.hpp"
#include "format/entry.hpp"

namespace ballast {

// Computes a tree's digest: the identity of its entries and bytes, independent of machine, time,
// frames, codec and store. The definition is part of the format (docs/format.md, "Tree digest").
class TreeDigest {
  public:
    TreeDigest();

    // Entries must come in path_before() order. `content` is the digest of a file's bytes.
    void add(std::string_view path, EntryKind kind, std::uint16_t mode, std::string_view target,
             std::uint64_t bytes, const Digest& content);
    Digest finish() { return m_hash.finish(); }

  private:
    void add_integer(std::uint64_t value, unsigned width);
    Sha256 m_hash;
};

}  // namespace ballast
