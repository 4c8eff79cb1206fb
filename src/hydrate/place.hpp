#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/fd.hpp"
#include "base/file_lock.hpp"
#include "base/result.hpp"
#include "codec/sha256.hpp"

// What a context's root holds for one tree:
//
//   ROOT/<first 32 digits of the tree's digest>/
//     tree/           the published tree: every path in it is absent or whole
//     complete        marker: all of the tree is there
//     group-<name>    marker: that group is there
//     family          the tree's family name, for eviction
//     staging/        what a running, or killed, hydration has written so far
//     hydrate.lock    held, exclusive, by the one process that hydrates
//     use.lock        held, shared, by programs that run out of the tree; exclusive by an eviction
//
// A program holds use.lock while another process adds a group, so one lock would not do.

namespace ballast {

inline constexpr const char* k_tree_directory = "tree";
inline constexpr const char* k_staging_directory = "staging";
inline constexpr const char* k_hydrate_lock = "hydrate.lock";
inline constexpr const char* k_use_lock = "use.lock";
inline constexpr const char* k_complete_marker = "complete";
inline constexpr const char* k_family_file = "family";

// One tree's directory in a root. Not thread-safe. Errors of all calls: those of the disk, naming the path;
// lock() also unavailable when the deadline passes, and interrupted.
class Place {
  public:
    // Opens the place when it is there; an empty optional when it is not.
    static Result<std::optional<Place>> find(int root, const std::string& root_path, const Digest& tree);
    // Opens or makes it. `root` must stay open as long as the place.
    static Result<Place> make(int root, const std::string& root_path, const Digest& tree);

    int fd() const { return m_fd.value(); }
    const std::string& path() const { return m_path; }
    std::string tree_path() const { return m_path + "/" + k_tree_directory; }

    // Whether there is a published tree, in part or whole. One system call.
    bool has_tree() const;

    enum class Marker : std::uint8_t {
        absent,
        good,
        stale,  // written before the last reboot: the tree's bytes may not have reached the disk
    };
    // Markers say for which digest they were written; any other content counts as absent.
    Marker read_marker(const std::string& name, const Digest& digest) const;
    Result<void> write_marker(const std::string& name, const Digest& digest) const;
    Result<void> remove_marker(const std::string& name) const;

    // A lock only holds a place that is_current() says is still the one in the root, once it is taken:
    // an eviction renames a place away before it removes it.
    Result<FileLock> lock(const char* name, FileLock::Mode mode, FileLock::Wait wait,
                          FileLock::Deadline deadline = FileLock::Deadline::max()) const;
    bool is_current() const;

  private:
    Place(int root, std::string name, Fd fd, std::string path)
        : m_root(root), m_name(std::move(name)), m_fd(std::move(fd)), m_path(std::move(path)) {}
    int m_root;
    std::string m_name;
    Fd m_fd;
    std::string m_path;
};

std::string place_name(const Digest& tree);
inline std::string group_marker(std::string_view group) {
    return "group-" + std::string(group);
}

}  // namespace ballast
