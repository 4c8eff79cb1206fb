#include "hydrate/staging.hpp"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <utility>

#include "base/file.hpp"
#include "hydrate/root.hpp"

namespace ballast {
namespace {

constexpr const char* k_identity_marker = "staged-for";
constexpr const char* k_progress_file = "progress";

// The size of the note of what is written; 0 where somebody removed it.
std::size_t progress_bytes(const Place& place) {
    const std::string path = std::string(k_staging_directory) + "/" + k_progress_file;
    struct stat info = {};
    const bool there =
        ::fstatat(place.fd(), path.c_str(), &info, AT_SYMLINK_NOFOLLOW) == 0 && S_ISREG(info.st_mode);
    return there ? static_cast<std::size_t>(info.st_size) : 0;
}

}  // namespace

Result<Staging> Staging::open(const Place& place, const std::string& identity, std::size_t frame_count) {
    Staging staging;
    staging.m_path = place.path() + "/" + k_staging_directory;
    staging.m_frame_count = frame_count;
    // The identity lies beside the staging directory and is written last, removed first: when it is
    // right, what it speaks of is there. A marker from before a reboot does not count.
    const Digest identity_digest = sha256(as_bytes(identity));
    const std::size_t mapped_bytes = std::max<std::size_t>(frame_count, 1);
    staging.m_resumed = place.read_marker(k_identity_marker, identity_digest) == Place::Marker::good &&
                        progress_bytes(place) == mapped_bytes;
    if (!staging.m_resumed) BALLAST_CHECK(remove(place));

    BALLAST_TRY(staging.m_fd, make_directory_at(place.fd(), k_staging_directory, staging.m_path));
    BALLAST_TRY(staging.m_tree,
                make_directory_at(staging.m_fd.value(), k_tree_directory, staging.tree_path()));

    const std::string name_in_errors = staging.m_path + "/" + k_progress_file;
    const Fd progress(
        ::openat(staging.m_fd.value(), k_progress_file, O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0600));
    if (!progress) return fail_errno(errno, name_in_errors, "cannot create");
    if (!staging.m_resumed) {
        // Written, not just sized: a page that a full disk cannot back would kill the process with
        // SIGBUS when it is first touched.
        const std::vector<std::byte> zeros(mapped_bytes);
        BALLAST_CHECK(pwrite_all(progress, zeros, 0, name_in_errors));
    }
    void* mapped = ::mmap(nullptr, mapped_bytes, PROT_READ | PROT_WRITE, MAP_SHARED, progress.value(), 0);
    if (mapped == MAP_FAILED) return fail_errno(errno, name_in_errors, "cannot map");
    staging.m_written = static_cast<std::uint8_t*>(mapped);
    if (!staging.m_resumed) BALLAST_CHECK(place.write_marker(k_identity_marker, identity_digest));
    return staging;
}

Staging::Staging(Staging&& other) noexcept
    : m_fd(std::move(other.m_fd)),
      m_tree(std::move(other.m_tree)),
      m_path(std::move(other.m_path)),
      m_written(std::exchange(other.m_written, nullptr)),
      m_frame_count(other.m_frame_count),
      m_resumed(other.m_resumed) {}

Staging::~Staging() {
    if (m_written != nullptr) ::munmap(m_written, std::max<std::size_t>(m_frame_count, 1));
}

Result<void> Staging::remove(const Place& place) {
    BALLAST_CHECK(place.remove_marker(k_identity_marker));
    return remove_all_at(place.fd(), k_staging_directory, place.path() + "/" + k_staging_directory);
}

}  // namespace ballast
