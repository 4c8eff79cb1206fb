#include "format/selection.hpp"

#include <algorithm>
#include <limits>
#include <map>

#include "base/relative_path.hpp"

namespace ballast {
namespace {

constexpr std::uint32_t k_none = std::numeric_limits<std::uint32_t>::max();

std::uint64_t round_up(std::uint64_t value, std::uint64_t unit) {
    return (value + unit - 1) / unit * unit;
}

// Marks every directory above a wanted entry. Entries stand behind their parents, so the open
// directories form a stack.
std::vector<std::uint32_t> directories_above(const Manifest& manifest, const std::vector<bool>& wanted,
                                             bool all) {
    const auto& entries = manifest.entries();
    std::vector<std::uint32_t> stack;
    std::vector<bool> needed(entries.size());
    for (std::uint32_t i = 0; i < entries.size(); ++i) {
        const auto parent = parent_path(entries[i].path);
        while (!stack.empty() && entries[stack.back()].path != parent) stack.pop_back();
        if (wanted[i] || (all && entries[i].kind == EntryKind::directory)) {
            for (auto at = stack.rbegin(); at != stack.rend() && !needed[*at]; ++at) needed[*at] = true;
            if (entries[i].kind == EntryKind::directory) needed[i] = true;
        }
        if (entries[i].kind == EntryKind::directory) stack.push_back(i);
    }
    std::vector<std::uint32_t> directories;
    for (std::uint32_t i = 0; i < entries.size(); ++i) {
        if (needed[i]) directories.push_back(i);
    }
    return directories;
}

// Cuts the targets into the pieces that each frame holds, ordered by frame.
void cut_into_pieces(const Manifest& manifest, Selection& selection) {
    const auto& contents = manifest.contents();
    const auto& frames = manifest.frames();
    std::vector<std::uint32_t> piece_counts(frames.size() + 1);
    for (auto& target : selection.targets) {
        const auto range = manifest.frames_of(contents[manifest.entries()[target.entry].content]);
        target.frames = range.last - range.first;
        for (std::uint32_t frame = range.first; frame < range.last; ++frame) ++piece_counts[frame];
    }
    std::vector<std::uint32_t> next(frames.size());
    std::uint32_t total = 0;
    for (std::uint32_t frame = 0; frame < frames.size(); ++frame) {
        next[frame] = total;
        total += piece_counts[frame];
        if (piece_counts[frame] != 0) selection.frames.push_back({frame, next[frame], total});
    }
    selection.pieces.resize(total);
    for (std::uint32_t i = 0; i < selection.targets.size(); ++i) {
        const auto& content = contents[manifest.entries()[selection.targets[i].entry].content];
        const auto range = manifest.frames_of(content);
        std::uint64_t done = 0;
        std::uint32_t offset = content.offset;
        for (std::uint32_t frame = range.first; frame < range.last; ++frame) {
            const auto bytes = static_cast<std::uint32_t>(
                std::min<std::uint64_t>(frames[frame].bytes - offset, content.bytes - done));
            selection.pieces[next[frame]++] = {i, offset, bytes, done};
            done += bytes;
            offset = 0;
        }
    }
}

}  // namespace

std::uint64_t Selection::disk_bytes(std::uint64_t block_bytes) const {
    std::uint64_t total = directories.size() * block_bytes;
    for (const auto& target : targets) total += round_up(target.bytes, block_bytes);
    return total;
}

Selection select_entries(const Manifest& manifest, std::span<const std::uint16_t> groups,
                         const IsPresent& is_present) {
    const auto& entries = manifest.entries();
    const bool all = groups.empty();
    const auto in_groups = [&](std::uint16_t group) {
        return all || std::find(groups.begin(), groups.end(), group) != groups.end();
    };
    Selection selection;
    std::vector<bool> wanted(entries.size());
    std::vector<std::uint32_t> first_with(manifest.contents().size(), k_none);
    std::map<std::pair<std::uint32_t, std::uint16_t>, std::uint32_t> first_copy;  // by content and mode
    for (std::uint32_t i = 0; i < entries.size(); ++i) {
        const auto& entry = entries[i];
        if (entry.kind == EntryKind::directory || !in_groups(entry.group) || is_present(entry)) continue;
        wanted[i] = true;
        if (entry.kind == EntryKind::symlink) {
            selection.symlinks.push_back(i);
            continue;
        }
        const auto& content = manifest.contents()[entry.content];
        const std::uint32_t first = first_with[entry.content];
        // An empty file shares nothing worth a link.
        if (content.bytes != 0 && first != k_none) {
            const bool same_mode = entries[first].mode == entry.mode;
            const auto source =
                same_mode ? first : first_copy.emplace(std::pair(entry.content, entry.mode), i).first->second;
            selection.further_names.push_back({i, source == i ? first : source});
            continue;
        }
        first_with[entry.content] = i;
        selection.targets.push_back({i, content.bytes, 0});
    }
    selection.directories = directories_above(manifest, wanted, all);
    cut_into_pieces(manifest, selection);
    return selection;
}

}  // namespace ballast
