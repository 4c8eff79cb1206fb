#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "base/result.hpp"
#include "pack/contents.hpp"
#include "package/package.hpp"

namespace ballast {

// Part of a content that lies in one frame.
struct PlannedPiece {
    std::uint32_t content = 0;  // index into PlannedTree.contents
    std::uint64_t offset = 0;   // in the content
    std::uint32_t bytes = 0;
};

struct PlannedFrame {
    std::vector<PlannedPiece> pieces;
    std::uint32_t bytes = 0;
};

// Cuts contents (indices, in order; none empty) into frames of at most `frame_bytes`: small ones
// together, one that fills a frame or more from a frame of its own on; none across two groups, so that
// a group brings no other group's bytes.
std::vector<PlannedFrame> plan_frames(const PlannedTree& tree, std::span<const std::uint32_t> contents,
                                      std::uint64_t frame_bytes);

// Reads planned frames out of the package. Frames in order cost one pass over each file; one thread.
class PlannedFrameReader {
  public:
    PlannedFrameReader(const Package& package, const PlannedTree& tree) : m_package(package), m_tree(tree) {}

    // Fills `out` with the frame's bytes. Every content that ends in it is checked against its
    // digest when it was read from its start. Errors: usage when a file changed since it was first read.
    Result<void> read(const PlannedFrame& frame, std::vector<std::byte>& out);

  private:
    Result<void> read_piece(const PlannedPiece& piece, std::span<std::byte> out);
    Result<void> seek(const PlannedPiece& piece);
    tl::unexpected<Error> changed(std::uint32_t content) const;

    const Package& m_package;
    const PlannedTree& m_tree;
    std::unique_ptr<FileReader> m_reader;
    std::uint32_t m_content = 0;
    std::uint64_t m_offset = 0;
    Sha256 m_hash;
};

}  // namespace ballast
