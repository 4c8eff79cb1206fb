#include "hydrate/publish.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <numeric>

#include "base/file.hpp"
#include "base/relative_path.hpp"
#include "hydrate/root.hpp"
#include "hydrate/tree_writer.hpp"

namespace ballast {
namespace {

std::vector<std::uint32_t> all_directories(const Manifest& manifest) {
    std::vector<std::uint32_t> indices;
    for (std::uint32_t i = 0; i < manifest.entries().size(); ++i) {
        if (manifest.entries()[i].kind == EntryKind::directory) indices.push_back(i);
    }
    return indices;
}

Result<void> publish_at_once(const Place& place, const Staging& staging, const Manifest& manifest,
                             const Selection& selection) {
    TreeDirectories directories(staging.tree_fd(), staging.tree_path());
    BALLAST_CHECK(apply_directory_modes(directories, manifest, selection.directories));
    if (::fchmod(staging.tree_fd(), 0755) != 0)
        return fail_errno(errno, place.tree_path(), "cannot set the mode");
    if (::renameat(staging.fd(), k_tree_directory, place.fd(), k_tree_directory) != 0) {
        return fail_errno(errno, place.tree_path(), "cannot publish the tree");
    }
    return {};
}

Result<void> move_entry(TreeDirectories& from, TreeDirectories& to, const ManifestEntry& entry) {
    const std::string name(file_name(entry.path));
    BALLAST_TRY(const int from_parent, from.open(parent_path(entry.path)));
    BALLAST_TRY(const int to_parent, to.open(parent_path(entry.path)));
    if (::renameat(from_parent, name.c_str(), to_parent, name.c_str()) != 0) {
        return fail_errno(errno, to.name_in_errors() + "/" + printable(entry.path), "cannot publish");
    }
    return {};
}

// Symlinks last: what they lead to is there before they are.
Result<void> publish_one_by_one(const Place& place, const Staging& staging, const Manifest& manifest,
                                const Selection& selection, Extent extent) {
    BALLAST_TRY(const Fd tree, make_directory_at(place.fd(), k_tree_directory, place.tree_path()));
    if (::fchmod(tree.value(), 0755) != 0) return fail_errno(errno, place.tree_path(), "cannot set the mode");
    TreeDirectories from(staging.tree_fd(), staging.tree_path());
    TreeDirectories to(tree.value(), place.tree_path());
    for (const auto index : selection.directories) {
        const auto& entry = manifest.entries()[index];
        BALLAST_TRY(const int parent, to.open(parent_path(entry.path)));
        const std::string name(file_name(entry.path));
        // Writable for us until all of the tree is there: more groups may come.
        if (::mkdirat(parent, name.c_str(), 0700) != 0 && errno != EEXIST) {
            return fail_errno(errno, to.name_in_errors() + "/" + printable(entry.path),
                              "cannot create the directory");
        }
        BALLAST_TRY(const int fd, to.open(entry.path));
        if (::fchmod(fd, entry.mode | S_IRWXU) != 0) {
            return fail_errno(errno, to.name_in_errors() + "/" + printable(entry.path),
                              "cannot set the mode");
        }
    }
    for (const auto& target : selection.targets)
        BALLAST_CHECK(move_entry(from, to, manifest.entries()[target.entry]));
    for (const auto& name : selection.further_names)
        BALLAST_CHECK(move_entry(from, to, manifest.entries()[name.entry]));
    for (const auto index : selection.symlinks)
        BALLAST_CHECK(move_entry(from, to, manifest.entries()[index]));
    if (extent == Extent::whole_tree)
        BALLAST_CHECK(apply_directory_modes(to, manifest, all_directories(manifest)));
    return {};
}

}  // namespace

Result<void> publish(const Place& place, const Staging& staging, const Manifest& manifest,
                     const Selection& selection, Extent extent) {
    struct stat info = {};
    const bool tree_is_there = ::fstatat(place.fd(), k_tree_directory, &info, AT_SYMLINK_NOFOLLOW) == 0;
    if (!tree_is_there && errno != ENOENT) return fail_errno(errno, place.tree_path(), "cannot stat");
    if (!tree_is_there && extent == Extent::whole_tree)
        return publish_at_once(place, staging, manifest, selection);
    return publish_one_by_one(place, staging, manifest, selection, extent);
}

}  // namespace ballast
