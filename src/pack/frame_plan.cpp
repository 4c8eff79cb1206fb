#include "pack/frame_plan.hpp"

#include <algorithm>

#include "base/relative_path.hpp"

namespace ballast {

std::vector<PlannedFrame> plan_frames(const PlannedTree& tree, std::span<const std::uint32_t> contents,
                                      std::uint64_t frame_bytes) {
    std::vector<PlannedFrame> frames;
    bool open = false;  // whether the last frame takes more
    std::uint16_t group = 0;
    for (const auto content : contents) {
        const std::uint64_t bytes = tree.contents[content].bytes;
        if (bytes >= frame_bytes || tree.contents[content].group != group) open = false;
        group = tree.contents[content].group;
        for (std::uint64_t offset = 0; offset < bytes;) {
            if (!open || frames.back().bytes == frame_bytes) frames.emplace_back();
            open = true;
            auto& frame = frames.back();
            const auto part = static_cast<std::uint32_t>(std::min(bytes - offset, frame_bytes - frame.bytes));
            frame.pieces.push_back({content, offset, part});
            frame.bytes += part;
            offset += part;
        }
    }
    return frames;
}

tl::unexpected<Error> PlannedFrameReader::changed(std::uint32_t content) const {
    const auto& path = m_package.entries()[m_tree.contents[content].entry].path;
    return fail(ErrorCode::usage, m_package.name() + ": " + printable(path), "changed while it was packed",
                "pack again when nothing writes to the package");
}

// Puts the reader where the piece begins, reading over what lies before.
Result<void> PlannedFrameReader::seek(const PlannedPiece& piece) {
    if (m_reader && m_content == piece.content && m_offset == piece.offset) return {};
    BALLAST_TRY(m_reader, m_package.open(m_tree.contents[piece.content].entry));
    m_content = piece.content;
    m_offset = 0;
    (void)m_hash.finish();
    std::vector<std::byte> skipped(std::min<std::uint64_t>(piece.offset, 1U << 20U));
    while (m_offset < piece.offset) {
        const auto part =
            std::span(skipped).first(std::min<std::uint64_t>(skipped.size(), piece.offset - m_offset));
        BALLAST_CHECK(read_piece({piece.content, m_offset, static_cast<std::uint32_t>(part.size())}, part));
    }
    return {};
}

Result<void> PlannedFrameReader::read_piece(const PlannedPiece& piece, std::span<std::byte> out) {
    std::size_t filled = 0;
    while (filled < out.size()) {
        BALLAST_TRY(const std::size_t count, m_reader->read(out.subspan(filled)));
        if (count == 0) return changed(piece.content);
        filled += count;
    }
    m_hash.update(out);
    m_offset += out.size();
    const auto& content = m_tree.contents[piece.content];
    if (m_offset == content.bytes && m_hash.finish() != content.digest) return changed(piece.content);
    return {};
}

Result<void> PlannedFrameReader::read(const PlannedFrame& frame, std::vector<std::byte>& out) {
    out.resize(frame.bytes);
    std::size_t at = 0;
    for (const auto& piece : frame.pieces) {
        BALLAST_CHECK(seek(piece));
        BALLAST_CHECK(read_piece(piece, std::span(out).subspan(at, piece.bytes)));
        at += piece.bytes;
    }
    return {};
}

}  // namespace ballast
