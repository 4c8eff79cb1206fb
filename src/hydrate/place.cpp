#include "hydrate/place.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>

#include "base/file.hpp"
#include "hydrate/root.hpp"

namespace ballast {
namespace {

// What tells one boot of the machine from the next; empty where /proc is not there. Read once: no process
// outlives its boot, and a warm check in process would spend a third of its time on it.
const std::string& boot_id() {
    static const std::string k_id = [] {
        const Fd fd(::open("/proc/sys/kernel/random/boot_id", O_RDONLY | O_CLOEXEC));
        std::array<char, 64> buffer = {};
        const auto count = fd ? ::read(fd.value(), buffer.data(), buffer.size()) : 0;
        const std::string_view text(buffer.data(), count > 0 ? static_cast<std::size_t>(count) : 0);
        return std::string(text.substr(0, text.find('\n')));
    }();
    return k_id;
}

}  // namespace

std::string place_name(const Digest& tree) {
    return tree.hex().substr(0, 32);
}

Result<std::optional<Place>> Place::find(int root, const std::string& root_path, const Digest& tree) {
    const std::string name = place_name(tree);
    std::string path = root_path + "/" + name;
    BALLAST_TRY(auto fd, if_present(open_directory_at(root, name, path)));
    if (!fd) return std::optional<Place>();
    return std::optional<Place>(Place(root, name, std::move(*fd), std::move(path)));
}

Result<Place> Place::make(int root, const std::string& root_path, const Digest& tree) {
    const std::string name = place_name(tree);
    std::string path = root_path + "/" + name;
    BALLAST_TRY(Fd fd, make_directory_at(root, name, path));
    return Place(root, name, std::move(fd), std::move(path));
}

Place::Marker Place::read_marker(const std::string& name, const Digest& digest) const {
    const Fd fd(::openat(m_fd.value(), name.c_str(), O_RDONLY | O_NOFOLLOW | O_CLOEXEC));
    if (!fd) return Marker::absent;
    std::array<char, 256> buffer = {};
    const auto count = ::read(fd.value(), buffer.data(), buffer.size());
    if (count <= 0) return Marker::absent;
    const std::string_view text(buffer.data(), static_cast<std::size_t>(count));
    const std::string expected = digest.hex() + "\n";
    if (!text.starts_with(expected)) return Marker::absent;
    return text.substr(expected.size()) == boot_id() + "\n" ? Marker::good : Marker::stale;
}

Result<void> Place::write_marker(const std::string& name, const Digest& digest) const {
    // Written beside and renamed, so that a marker is never half there. Not synced: after a loss of
    // power the boot id no longer matches, and the tree is verified before it is believed.
    const std::string name_in_errors = m_path + "/" + name;
    const std::string temporary = name + "~";
    (void)::unlinkat(m_fd.value(), temporary.c_str(), 0);
    const Fd fd(::openat(m_fd.value(), temporary.c_str(),
                         O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600));
    if (!fd) return fail_errno(errno, name_in_errors, "cannot create the marker");
    BALLAST_CHECK(write_all(fd, as_bytes(digest.hex() + "\n" + boot_id() + "\n"), name_in_errors));
    if (::renameat(m_fd.value(), temporary.c_str(), m_fd.value(), name.c_str()) != 0) {
        return fail_errno(errno, name_in_errors, "cannot publish the marker");
    }
    return {};
}

Result<void> Place::remove_marker(const std::string& name) const {
    if (::unlinkat(m_fd.value(), name.c_str(), 0) != 0 && errno != ENOENT) {
        return fail_errno(errno, m_path + "/" + name, "cannot remove the marker");
    }
    return {};
}

Result<FileLock> Place::lock(const char* name, FileLock::Mode mode, FileLock::Wait wait,
                             FileLock::Deadline deadline) const {
    return FileLock::acquire(m_fd.value(), name, m_path + "/" + name, mode, wait, deadline);
}

bool Place::has_tree() const {
    struct stat info = {};
    return ::fstatat(m_fd.value(), k_tree_directory, &info, AT_SYMLINK_NOFOLLOW) == 0 &&
           S_ISDIR(info.st_mode);
}

bool Place::is_current() const {
    struct stat named = {};
    struct stat held = {};
    return ::fstatat(m_root, m_name.c_str(), &named, AT_SYMLINK_NOFOLLOW) == 0 &&
           ::fstat(m_fd.value(), &held) == 0 && named.st_dev == held.st_dev && named.st_ino == held.st_ino;
}

}  // namespace ballast
