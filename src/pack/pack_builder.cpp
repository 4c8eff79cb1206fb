#include "pack/pack_builder.hpp"

#include "base/file.hpp"
#include "format/keys.hpp"

namespace ballast {

Result<void> PackBuilder::add(EncodedFrame&& frame, std::uint32_t decoded_bytes) {
    if (!m_current.empty() && m_current.size() + frame.bytes.size() > k_pack_bytes) BALLAST_CHECK(finish());
    if (m_current.empty()) {
        m_current.reserve(k_pack_bytes);
        const auto header = as_bytes(k_pack_header);
        m_current.assign(header.begin(), header.end());
    }
    ManifestFrame described;
    described.digest = sha256(frame.bytes);
    described.offset = m_current.size();
    described.compressed_bytes = static_cast<std::uint32_t>(frame.bytes.size());
    described.bytes = decoded_bytes;
    described.pack = static_cast<std::uint32_t>(m_packs.size());
    described.codec = frame.codec;
    m_frames.push_back(described);
    m_current.insert(m_current.end(), frame.bytes.begin(), frame.bytes.end());
    return {};
}

Result<void> PackBuilder::finish() {
    if (m_current.empty()) return {};
    const ManifestPack pack{sha256(m_current), m_current.size()};
    BALLAST_CHECK(m_store.put_if_absent(pack.key(), m_current));
    m_packs.push_back(pack);
    m_current.clear();
    return {};
}

}  // namespace ballast
