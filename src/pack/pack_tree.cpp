#include "pack/pack_tree.hpp"

#include <algorithm>
#include <map>
#include <set>

#include "base/interrupt.hpp"
#include "format/manifest_write.hpp"
#include "pack/codec_model.hpp"
#include "pack/frame_plan.hpp"
#include "pack/ordered_encoder.hpp"
#include "pack/pack_builder.hpp"
#include "pack/sampled_frames.hpp"

namespace ballast {
namespace {

class TreePacker {
  public:
    TreePacker(const Package& package, const Plan& plan, const PlannedTree& tree, const Config& config,
               const KnownContents& known, Store& staging, Progress& progress)
        : m_package(package),
          m_plan(plan),
          m_tree(tree),
          m_config(config),
          m_known(known),
          m_progress(progress),
          m_builder(staging) {}

    Result<PackedTree> run() {
        if (const auto* same = find_same_manifest()) {
            m_packed.manifest = same->bytes();
            for (const auto& content : m_tree.contents) m_packed.known_content_bytes += content.bytes;
            m_progress.add(m_packed.known_content_bytes);
            count_frames(same->frames());
            return std::move(m_packed);
        }
        BALLAST_CHECK(encode_new_contents());
        m_packed.manifest = write_manifest(describe());
        return std::move(m_packed);
    }

  private:
    const Manifest* find_same_manifest() const {
        const auto& manifests = m_known.manifests();
        const auto at = std::find_if(manifests.begin(), manifests.end(), [&](const Manifest& manifest) {
            return manifest.tree() == m_tree.digest && has_same_groups(manifest);
        });
        return at == manifests.end() ? nullptr : &*at;
    }

    bool has_same_groups(const Manifest& manifest) const {
        const auto& names = m_plan.group_names;
        if (!std::equal(names.begin(), names.end(), manifest.groups().begin(), manifest.groups().end()))
            return false;
        for (std::size_t i = 0; i < m_tree.entries.size(); ++i) {
            if (manifest.entries()[i].group != m_plan.groups[m_tree.entries[i]]) return false;
        }
        return true;
    }

    Result<void> encode_new_contents() {
        std::vector<std::uint32_t> fresh;
        for (std::uint32_t i = 0; i < m_tree.contents.size(); ++i) {
            const auto& content = m_tree.contents[i];
            if (content.bytes == 0) continue;
            if (const auto location = m_known.find(content.digest)) {
                m_packed.known_content_bytes += content.bytes;
                m_progress.add(content.bytes);
            } else {
                fresh.push_back(i);
                m_packed.new_content_bytes += content.bytes;
            }
        }
        m_frames = plan_frames(m_tree, fresh, m_config.frame_bytes);
        BALLAST_TRY(const FrameChoice choice, choose());
        OrderedEncoder encoder(choice,
                               [this](EncodedFrame&& frame, std::uint32_t decoded_bytes) -> Result<void> {
                                   m_progress.add(decoded_bytes);
                                   return m_builder.add(std::move(frame), decoded_bytes);
                               });
        PlannedFrameReader reader(m_package, m_tree);
        for (const auto& frame : m_frames) {
            BALLAST_CHECK(check_interrupt(m_package.name()));
            std::vector<std::byte> bytes;
            BALLAST_CHECK(reader.read(frame, bytes));
            BALLAST_CHECK(encoder.submit(std::move(bytes)));
        }
        BALLAST_CHECK(encoder.finish());
        BALLAST_CHECK(m_builder.finish());
        m_packed.new_packs = m_builder.packs().size();
        for (const auto& pack : m_builder.packs()) m_packed.new_bytes += pack.bytes;
        return {};
    }

    // On automatic, tries both codecs on frames spread evenly over the new ones, and asks the time
    // model for the threshold.
    Result<FrameChoice> choose() const {
        FrameChoice choice = FrameChoice::from(m_config);
        if (choice.codec != CodecChoice::automatic || m_frames.empty()) return choice;
        BALLAST_TRY(const auto sample,
                    sample_frames(m_package, m_tree, m_frames,
                                  spread_evenly(k_sampled_frames, m_frames.size()), choice));
        std::uint64_t sampled_bytes = 0;
        for (const auto& frame : sample) sampled_bytes += frame.bytes;
        // The whole tree is fetched at a cold start, known contents included.
        const auto all = static_cast<double>(m_packed.new_content_bytes + m_packed.known_content_bytes);
        choice.zstd_threshold =
            choose_zstd_threshold(TimeModel(), sample, all / static_cast<double>(sampled_bytes));
        return choice;
    }

    // Where the contents of one source of frames (a known manifest, or the new packs) begin.
    struct Start {
        std::uint32_t frame = 0;
        std::uint32_t offset = 0;
    };

    ManifestParts describe() {
        ManifestParts parts;
        parts.groups = m_plan.group_names;
        std::vector<Start> starts(m_tree.contents.size());
        take_known_frames(parts, starts);
        take_new_frames(parts, starts);
        for (std::size_t i = 0; i < m_tree.contents.size(); ++i) {
            const auto& content = m_tree.contents[i];
            parts.contents.push_back({content.digest, content.bytes, starts[i].frame, starts[i].offset});
        }
        for (std::size_t i = 0; i < m_tree.entries.size(); ++i) {
            const auto& entry = m_package.entries()[m_tree.entries[i]];
            parts.entries.push_back({entry.path, entry.target, m_tree.content_of[i], entry.mode,
                                     m_plan.groups[m_tree.entries[i]], entry.kind});
        }
        count_frames(parts.frames);
        return parts;
    }

    // A content must lie in neighbouring frames, so the frames that are taken from a known manifest keep
    // their order, and stay together.
    void take_known_frames(ManifestParts& parts, std::vector<Start>& starts) const {
        const auto& manifests = m_known.manifests();
        std::vector<std::set<std::uint32_t>> used(manifests.size());
        for_each_known([&](std::size_t, const KnownContents::Location& location) {
            const auto& manifest = manifests[location.manifest];
            const auto range = manifest.frames_of(manifest.contents()[location.content]);
            for (auto frame = range.first; frame < range.last; ++frame) used[location.manifest].insert(frame);
        });
        std::vector<std::map<std::uint32_t, std::uint32_t>> position(manifests.size());
        std::map<Digest, std::uint32_t> packs;
        for (std::size_t m = 0; m < manifests.size(); ++m) {
            for (const auto index : used[m]) {
                ManifestFrame frame = manifests[m].frames()[index];
                const auto& pack = manifests[m].packs()[frame.pack];
                const auto [at, added] =
                    packs.emplace(pack.digest, static_cast<std::uint32_t>(parts.packs.size()));
                if (added) parts.packs.push_back(pack);
                frame.pack = at->second;
                position[m][index] = static_cast<std::uint32_t>(parts.frames.size());
                parts.frames.push_back(frame);
            }
        }
        for_each_known([&](std::size_t content, const KnownContents::Location& location) {
            const auto& from = manifests[location.manifest].contents()[location.content];
            starts[content] = {position[location.manifest].at(from.first_frame), from.offset};
        });
    }

    template <typename Visit>
    void for_each_known(const Visit& visit) const {
        for (std::size_t i = 0; i < m_tree.contents.size(); ++i) {
            if (m_tree.contents[i].bytes == 0) continue;
            if (const auto location = m_known.find(m_tree.contents[i].digest)) visit(i, *location);
        }
    }

    void take_new_frames(ManifestParts& parts, std::vector<Start>& starts) const {
        const auto first_pack = static_cast<std::uint32_t>(parts.packs.size());
        for (std::size_t i = 0; i < m_frames.size(); ++i) {
            std::uint32_t offset = 0;
            for (const auto& piece : m_frames[i].pieces) {
                if (piece.offset == 0)
                    starts[piece.content] = {static_cast<std::uint32_t>(parts.frames.size()), offset};
                offset += piece.bytes;
            }
            ManifestFrame frame = m_builder.frames()[i];
            frame.pack += first_pack;
            parts.frames.push_back(frame);
        }
        parts.packs.insert(parts.packs.end(), m_builder.packs().begin(), m_builder.packs().end());
    }

    void count_frames(const std::vector<ManifestFrame>& frames) {
        for (const auto& frame : frames) {
            m_packed.fetched_bytes += frame.compressed_bytes;
            if (frame.codec == Codec::zstd) ++m_packed.zstd_frames;
            if (frame.codec == Codec::lz4) ++m_packed.lz4_frames;
            if (frame.codec == Codec::raw) ++m_packed.raw_frames;
        }
    }

    const Package& m_package;
    const Plan& m_plan;
    const PlannedTree& m_tree;
    const Config& m_config;
    const KnownContents& m_known;
    Progress& m_progress;
    PackBuilder m_builder;
    std::vector<PlannedFrame> m_frames;
    PackedTree m_packed;
};

}  // namespace

Result<PackedTree> pack_tree(const Package& package, const Plan& plan, const PlannedTree& tree,
                             const Config& config, const KnownContents& known, Store& staging,
                             Progress& progress) {
    return TreePacker(package, plan, tree, config, known, staging, progress).run();
}

}  // namespace ballast
