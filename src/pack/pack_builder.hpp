#pragma once

#include <cstdint>
#include <vector>

#include "base/result.hpp"
#include "codec/frame.hpp"
#include "format/manifest.hpp"
#include "pack/frame_choice.hpp"
#include "store/store.hpp"

namespace ballast {

// Stored: every pack begins with these 16 bytes, then come its frames, one behind the other.
inline constexpr std::string_view k_pack_header = "ballast pack 1\n\n";

// Gathers frames into packs and puts each full one into a store. Holds one pack in memory.
class PackBuilder {
  public:
    // Large enough that a tree is a few objects, small enough that they are sent side by side.
    static constexpr std::size_t k_pack_bytes = 64U << 20U;

    explicit PackBuilder(Store& store) : m_store(store) {}

    // The frames' `pack` fields count the packs of this builder from 0.
    Result<void> add(EncodedFrame&& frame, std::uint32_t decoded_bytes);
    Result<void> finish();

    const std::vector<ManifestFrame>& frames() const { return m_frames; }
    const std::vector<ManifestPack>& packs() const { return m_packs; }

  private:
    Store& m_store;
    std::vector<std::byte> m_current;
    std::vector<ManifestFrame> m_frames;
    std::vector<ManifestPack> m_packs;
};

}  // namespace ballast
