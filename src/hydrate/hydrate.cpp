#include "hydrate/hydrate.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>

#include <algorithm>
#include <cerrno>

#include "base/file.hpp"
#include "base/interrupt.hpp"
#include "base/size.hpp"
#include "hydrate/evict.hpp"
#include "hydrate/place.hpp"
#include "hydrate/publish.hpp"
#include "hydrate/root.hpp"
#include "hydrate/staging.hpp"
#include "hydrate/tree_writer.hpp"
#include "hydrate/verify_tree.hpp"
#include "hydrate/warm.hpp"

namespace ballast {
namespace {

using Clock = std::chrono::steady_clock;

// Holds the place against eviction. A root that we may not write to has no evictions by us either.
Result<FileLock> lock_for_use(const Place& place, const HydrateOptions& options) {
    auto lock = place.lock(k_use_lock, FileLock::Mode::shared, FileLock::Wait::yes, options.deadline);
    if (!lock && lock.error().code == ErrorCode::permission) return FileLock();
    return lock;
}

// What is in the tree is whole, so it need not be written again.
IsPresent presence_in(const Place& place) {
    return [tree = std::make_shared<Fd>(
                ::openat(place.fd(), k_tree_directory, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC))](
               const ManifestEntry& entry) {
        if (!*tree) return false;
        struct stat info = {};
        return ::fstatat(tree->value(), std::string(entry.path).c_str(), &info, AT_SYMLINK_NOFOLLOW) == 0;
    };
}

Result<void> make_room(int root, const std::string& root_path, const Slim& slim, const Place& place,
                       const Selection& selection, std::uint64_t written_bytes) {
    BALLAST_TRY(FreeSpace space, free_space(place.fd(), place.path()));
    const std::uint64_t all = selection.disk_bytes(space.block_bytes);
    const std::uint64_t needed = all - std::min(all, written_bytes);
    if (space.bytes < needed)
        BALLAST_SET(space, evict_family(root, root_path, slim.lock.name, place, needed));
    if (space.bytes < needed) {
        return fail(ErrorCode::no_space, root_path,
                    fmt::format("needs {} ({} bytes), but {} ({} bytes) are free", format_size(needed),
                                needed, format_size(space.bytes), space.bytes),
                    "raise the function's ephemeral storage, hydrate groups only, or choose another --root");
    }
    return {};
}

// The cold way, with hydrate.lock held on a current place.
class Hydration {
  public:
    Hydration(const Slim& slim, const HydrateOptions& options, int root, const Place& place)
        : m_slim(slim), m_options(options), m_root(root), m_place(place) {}

    Result<void> run(HydrateReport& report) {
        BALLAST_TRY(const Manifest manifest, load_manifest(m_slim));
        BALLAST_CHECK(distrust_without_tree(manifest));
        BALLAST_CHECK(distrust_after_reboot(manifest));
        BALLAST_TRY(const auto groups, manifest.find_groups(m_options.groups));
        BALLAST_CHECK(write_family(m_place, m_slim.lock.name));
        const Selection selection = select_entries(manifest, groups, presence_in(m_place));
        auto result = stage_and_publish(manifest, selection, report);
        if (!result) {
            // Half a tree on a full disk helps nobody; anything else is taken up by the next call.
            if (result.error().code == ErrorCode::no_space) (void)Staging::remove(m_place);
            return result;
        }
        BALLAST_CHECK(Staging::remove(m_place));
        for (const auto& group : m_options.groups) {
            BALLAST_CHECK(m_place.write_marker(group_marker(group), m_slim.lock.manifest));
        }
        if (m_options.groups.empty())
            BALLAST_CHECK(m_place.write_marker(k_complete_marker, m_slim.lock.tree));
        report.files = selection.file_count();
        return {};
    }

  private:
    // Markers of a tree that somebody removed: a cleaner of /tmp, or a person. What is staged stays good.
    Result<void> distrust_without_tree(const Manifest& manifest) {
        return m_place.has_tree() ? Result<void>() : remove_markers(manifest);
    }

    Result<void> remove_markers(const Manifest& manifest) {
        BALLAST_CHECK(m_place.remove_marker(k_complete_marker));
        for (const auto group : manifest.groups()) BALLAST_CHECK(m_place.remove_marker(group_marker(group)));
        return {};
    }

    // Markers of an earlier boot: the data they speak of may not have reached the disk when the power
    // went. A tree that reads back right is believed again; any other is made anew.
    Result<void> distrust_after_reboot(const Manifest& manifest) {
        const auto marker = read_markers(m_place, m_slim.lock, {});
        if (marker == Place::Marker::good) return {};
        if (marker == Place::Marker::stale && verify_tree(manifest, m_place.tree_path())) {
            return m_place.write_marker(k_complete_marker, m_slim.lock.tree);
        }
        bool stale = marker == Place::Marker::stale;
        for (const auto group : manifest.groups()) {
            const auto group_state = m_place.read_marker(group_marker(group), m_slim.lock.manifest);
            stale = stale || group_state == Place::Marker::stale;
        }
        if (!stale) return {};
        BALLAST_CHECK(remove_markers(manifest));
        BALLAST_CHECK(Staging::remove(m_place));
        return remove_all_at(m_place.fd(), k_tree_directory, m_place.tree_path());
    }

    Result<void> stage_and_publish(const Manifest& manifest, const Selection& selection,
                                   HydrateReport& report) {
        const std::string identity =
            m_slim.lock.manifest.hex() + "\n" + fmt::format("{}", fmt::join(m_options.groups, ","));
        BALLAST_TRY(Staging staging, Staging::open(m_place, identity, manifest.frames().size()));
        const auto leftovers =
            staging.resumed() ? TreeWriter::Leftovers::replace : TreeWriter::Leftovers::none;
        TreeWriter writer(manifest, selection, staging.tree_fd(), staging.tree_path(), leftovers);

        std::vector<NeededFrame> missing;
        std::uint64_t written_bytes = 0;
        for (const auto& frame : selection.frames) {
            if (staging.is_written(frame.frame)) {
                writer.skip_frame(frame);
                for (auto i = frame.first_piece; i < frame.last_piece; ++i)
                    written_bytes += selection.pieces[i].bytes;
            } else {
                missing.push_back(frame);
            }
        }
        BALLAST_CHECK(make_room(m_root, m_options.root, m_slim, m_place, selection, written_bytes));
        BALLAST_CHECK(writer.prepare());
        if (!missing.empty()) {
            BALLAST_TRY(const auto source, m_options.open_source());
            const WriteFrame write = [&](const NeededFrame& frame,
                                         std::span<const std::byte> decoded) -> Result<void> {
                BALLAST_CHECK(writer.write_frame(frame, decoded));
                staging.note_written(frame.frame);
                return {};
            };
            BALLAST_TRY(report.counts,
                        run_pipeline(*source, manifest, missing, m_options.fetch, m_options.deadline, write));
        }
        BALLAST_CHECK(writer.finish());
        BALLAST_CHECK(check_interrupt("hydration"));
        for (const auto& target : selection.targets) report.tree_bytes += target.bytes;
        report.resumed = staging.resumed();
        const auto extent = m_options.groups.empty() ? Extent::whole_tree : Extent::groups;
        return publish(m_place, staging, manifest, selection, extent);
    }

    const Slim& m_slim;
    const HydrateOptions& m_options;
    int m_root;
    const Place& m_place;
};

// Done, with the tree held for use, when all that is wanted is there.
Result<bool> hold_warm(const Place& place, const Slim& slim, const HydrateOptions& options,
                       HydrateReport& report) {
    if (!is_warm(place, slim.lock, options.groups)) return false;
    BALLAST_TRY(FileLock in_use, lock_for_use(place, options));
    // Taken before an eviction, the lock holds; taken after, the place is gone.
    if (!place.is_current() || read_markers(place, slim.lock, options.groups) != Place::Marker::good)
        return false;
    report.in_use = std::move(in_use);
    report.tree_path = place.tree_path();
    return true;
}

}  // namespace

Result<HydrateReport> hydrate(const Slim& slim, const HydrateOptions& options) {
    const auto start = Clock::now();
    HydrateReport report;
    BALLAST_TRY(const auto present, if_present(open_root(options.root, CreateRoot::no)));
    if (present) {
        BALLAST_TRY(const auto place, Place::find(present->value(), options.root, slim.lock.tree));
        if (place) {
            BALLAST_TRY(const bool warm, hold_warm(*place, slim, options, report));
            if (warm) {
                report.total = Clock::now() - start;
                return report;
            }
        }
    }

    BALLAST_TRY(const Fd root, open_root(options.root, CreateRoot::yes));
    for (;;) {
        BALLAST_TRY(const Place place, Place::make(root.value(), options.root, slim.lock.tree));
        const auto wait_start = Clock::now();
        BALLAST_TRY(const FileLock hydrating, place.lock(k_hydrate_lock, FileLock::Mode::exclusive,
                                                         FileLock::Wait::yes, options.deadline));
        if (!place.is_current()) continue;
        report.waited += Clock::now() - wait_start;
        BALLAST_TRY(const bool warm, hold_warm(place, slim, options, report));
        if (!warm) {
            report.start = HydrateReport::Start::cold;
            BALLAST_CHECK(Hydration(slim, options, root.value(), place).run(report));
            // Before hydrate.lock is let go: an eviction takes both.
            BALLAST_TRY(report.in_use, lock_for_use(place, options));
            report.tree_path = place.tree_path();
        }
        report.total = Clock::now() - start;
        return report;
    }
}

}  // namespace ballast
