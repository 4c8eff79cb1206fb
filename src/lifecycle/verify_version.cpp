#include "lifecycle/verify_version.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <map>
#include <mutex>
#include <numeric>
#include <random>
#include <tuple>

#include "base/integer.hpp"
#include "base/interrupt.hpp"
#include "base/parallel.hpp"
#include "base/relative_path.hpp"
#include "base/size.hpp"
#include "codec/frame.hpp"
#include "format/keys.hpp"
#include "format/ranges.hpp"

namespace ballast {
namespace {

// Gaps that cost less than another request would.
constexpr std::uint64_t k_max_gap_bytes = 64 * k_kib;

bool is_damage(const Error& error) {
    return error.code == ErrorCode::corrupt || error.code == ErrorCode::not_found;
}

// The files of the tree that need each of some frames.
class FilesOfFrames {
  public:
    explicit FilesOfFrames(const Manifest& manifest) : m_manifest(manifest) {}

    void tell(Damage& damage, const std::vector<std::uint32_t>& frames) const {
        for (const auto& entry : m_manifest.entries()) {
            if (entry.kind != EntryKind::file) continue;
            const auto range = m_manifest.frames_of(m_manifest.contents()[entry.content]);
            const bool needs = std::any_of(frames.begin(), frames.end(), [&](std::uint32_t frame) {
                return frame >= range.first && frame < range.last;
            });
            if (!needs) continue;
            if (damage.files++ == 0) damage.first_file = entry.path;
        }
    }

  private:
    const Manifest& m_manifest;
};

// What the threads of one check share.
class FrameCheck {
  public:
    FrameCheck(Store& store, const Manifest& manifest, const std::vector<std::uint32_t>& frames,
               VersionCheck& check, Progress& progress)
        : m_store(store), m_manifest(manifest), m_frames(frames), m_check(check), m_progress(progress) {}

    Result<void> check_packs() {
        for (std::uint32_t i = 0; i < m_manifest.packs().size(); ++i) {
            BALLAST_CHECK(check_interrupt(m_store.url()));
            const auto& pack = m_manifest.packs()[i];
            BALLAST_TRY(const auto info, if_present(m_store.head(pack.key())));
            if (info && info->bytes == pack.bytes) continue;
            std::vector<std::uint32_t> frames;
            for (std::uint32_t frame = 0; frame < m_manifest.frames().size(); ++frame) {
                if (m_manifest.frames()[frame].pack == i) frames.push_back(frame);
            }
            add_damage(i, 0,
                       info ? fmt::format("has {} bytes, not {}", info->bytes, pack.bytes) : "is not there",
                       frames);
            if (!info) m_absent.push_back(i);
        }
        return {};
    }

    Result<void> check_frames() {
        std::vector<NeededFrame> needed;
        for (const auto frame : m_frames) needed.push_back({.frame = frame});
        const auto ranges = plan_ranges(m_manifest, needed, k_most_range_bytes, k_max_gap_bytes);
        return parallel_for(ranges.size(), [&](std::size_t i) { return check_range(ranges[i]); });
    }

    void finish() {
        std::sort(m_found.begin(), m_found.end(),
                  [](const Found& a, const Found& b) { return a.place < b.place; });
        for (auto& found : m_found) m_check.damages.push_back(std::move(found.damage));
    }

  private:
    Result<void> check_range(const FrameRange& range) {
        BALLAST_CHECK(check_interrupt(m_store.url()));
        const std::uint32_t pack = m_manifest.frames()[m_frames[range.first]].pack;
        if (std::find(m_absent.begin(), m_absent.end(), pack) != m_absent.end()) return {};
        std::vector<std::byte> bytes(range.bytes);
        const auto read = m_store.get_range(m_manifest.packs()[pack].key(), range.offset, bytes);
        count_request();
        if (!read && !is_damage(read.error())) return pass_on(read);
        if (!read && range.last - range.first > 1) {
            // The pack may end within: its frames before that are not damaged.
            for (std::size_t i = range.first; i < range.last; ++i) {
                const auto& frame = m_manifest.frames()[m_frames[i]];
                BALLAST_CHECK(check_range({i, i + 1, frame.offset, frame.compressed_bytes}));
            }
            return {};
        }
        if (!read) {
            const auto& frame = m_manifest.frames()[m_frames[range.first]];
            add_damage(pack, frame.offset, place_of(frame) + " cannot be read: " + read.error().message,
                       {m_frames[range.first]});
            count_frame(frame);
            return {};
        }
        FrameDecoder decoder;
        for (std::size_t i = range.first; i < range.last; ++i) {
            const auto& frame = m_manifest.frames()[m_frames[i]];
            const auto compressed = std::span<const std::byte>(bytes).subspan(frame.offset - range.offset,
                                                                              frame.compressed_bytes);
            check_frame(decoder, m_frames[i], compressed);
            count_frame(frame);
        }
        return {};
    }

    void check_frame(FrameDecoder& decoder, std::uint32_t index, std::span<const std::byte> compressed) {
        const auto& frame = m_manifest.frames()[index];
        if (sha256(compressed) != frame.digest) {
            add_damage(frame.pack, frame.offset, place_of(frame) + " does not have its digest", {index});
            return;
        }
        std::vector<std::byte> decoded(frame.bytes);
        const auto result = decoder.decode(frame.codec, compressed, decoded, "frame");
        if (!result) {
            // Its digest is right, so it was packed like that: the store is not at fault.
            add_damage(frame.pack, frame.offset,
                       place_of(frame) + " cannot be decoded: " + result.error().message, {index});
        }
    }

    static std::string place_of(const ManifestFrame& frame) {
        return fmt::format("the frame at {} ({} bytes)", frame.offset, frame.compressed_bytes);
    }

    void add_damage(std::uint32_t pack, std::uint64_t offset, std::string what,
                    const std::vector<std::uint32_t>& frames) {
        Found found{{m_manifest.packs()[pack].key(), offset},
                    {m_manifest.packs()[pack].key(), std::move(what)}};
        m_files.tell(found.damage, frames);
        const std::lock_guard lock(m_mutex);
        m_found.push_back(std::move(found));
    }

    void count_request() {
        const std::lock_guard lock(m_mutex);
        ++m_check.requests;
    }

    void count_frame(const ManifestFrame& frame) {
        m_progress.add(frame.compressed_bytes);
        const std::lock_guard lock(m_mutex);
        ++m_check.checked_frames;
        m_check.checked_bytes += frame.compressed_bytes;
    }

    struct Found {
        std::pair<std::string, std::uint64_t> place;
        Damage damage;
    };
    Store& m_store;
    const Manifest& m_manifest;
    const std::vector<std::uint32_t>& m_frames;
    VersionCheck& m_check;
    Progress& m_progress;
    const FilesOfFrames m_files{m_manifest};
    std::vector<std::uint32_t> m_absent;  // packs
    std::mutex m_mutex;                   // guards m_found and m_check's counts
    std::vector<Found> m_found;
};

// By pack and place, so that neighbours are read together.
std::vector<std::uint32_t> choose_frames(const Manifest& manifest, const Sample& sample) {
    std::vector<std::uint32_t> frames(manifest.frames().size());
    std::iota(frames.begin(), frames.end(), 0U);
    const auto by_share =
        static_cast<std::size_t>(std::ceil(static_cast<double>(frames.size()) * sample.share));
    const std::size_t count =
        std::min<std::size_t>(sample.count != 0 ? sample.count : by_share, frames.size());
    if (count < frames.size()) {
        std::mt19937_64 random(sample.seed);
        for (std::size_t i = 0; i < count; ++i) {
            // Not a uniform_int_distribution: libraries differ in it, and a seed is to mean the same
            // anywhere.
            std::swap(frames[i], frames[i + random() % (frames.size() - i)]);
        }
        frames.resize(count);
    }
    std::sort(frames.begin(), frames.end(), [&](std::uint32_t a, std::uint32_t b) {
        const auto& left = manifest.frames()[a];
        const auto& right = manifest.frames()[b];
        return std::tie(left.pack, left.offset, a) < std::tie(right.pack, right.offset, b);
    });
    return frames;
}

}  // namespace

Result<Sample> parse_sample(std::string_view text, std::string_view name_in_errors) {
    const auto refuse = [&] {
        return fail(ErrorCode::usage, name_in_errors, "'" + printable(text) + "' is not a sample",
                    "write a share like 10% or a number of frames like 200");
    };
    Sample sample;
    if (text.ends_with('%')) {
        double percent = 0;
        const char* last = text.data() + text.size() - 1;
        const auto [end, error] = std::from_chars(text.data(), last, percent, std::chars_format::fixed);
        if (error != std::errc() || end != last || !(percent > 0 && percent <= 100)) return refuse();
        sample.share = percent / 100;
        return sample;
    }
    if (!parse_integer(text, sample.count) || sample.count == 0) return refuse();
    return sample;
}

Result<VersionChecker> VersionChecker::open(Store& store, const Version& version, const Sample& sample) {
    VersionChecker checker(store);
    auto manifest = read_manifest(store, version);
    const std::string key = manifest_key(version.manifest);
    if (!manifest) {
        if (!is_damage(manifest.error())) return pass_on(std::move(manifest));
        const bool absent = manifest.error().code == ErrorCode::not_found;
        checker.m_check.damages.push_back({key, absent ? "is not there" : manifest.error().message});
        return checker;
    }
    if (manifest->tree() != version.tree || manifest->compute_tree_digest() != version.tree) {
        checker.m_check.damages.push_back({key, "is not of the tree that the version names"});
    }
    checker.m_frames = choose_frames(*manifest, sample);
    for (const auto frame : checker.m_frames) checker.m_bytes += manifest->frames()[frame].compressed_bytes;
    checker.m_check.frames = manifest->frames().size();
    checker.m_manifest.push_back(std::move(*manifest));
    return checker;
}

Result<VersionCheck> VersionChecker::run(Progress& progress) {
    if (!m_manifest.empty()) {
        FrameCheck frames(*m_store, m_manifest.front(), m_frames, m_check, progress);
        BALLAST_CHECK(frames.check_packs());
        BALLAST_CHECK(frames.check_frames());
        frames.finish();
    }
    return std::move(m_check);
}

}  // namespace ballast
