#include "hydrate/tree_writer.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

#include "base/file.hpp"
#include "base/relative_path.hpp"
#include "hydrate/root.hpp"

namespace ballast {
namespace {

// Whether all bytes are zero: such a piece of a large file becomes a hole.
bool is_zero(std::span<const std::byte> bytes) {
    return bytes.front() == std::byte{0} &&
           std::memcmp(bytes.data(), bytes.data() + 1, bytes.size() - 1) == 0;
}

constexpr std::size_t k_smallest_hole = 64U << 10U;

}  // namespace

Result<int> TreeDirectories::open(std::string_view path) {
    if (path.empty()) return m_top;
    const std::string key(path);
    if (const auto at = m_open.find(key); at != m_open.end()) {
        at->second.used = ++m_clock;
        return at->second.fd.value();
    }
    BALLAST_TRY(const int parent, open(parent_path(path)));
    BALLAST_TRY(Fd fd, open_directory_at(parent, std::string(file_name(path)),
                                         m_name_in_errors + "/" + printable(path)));
    if (m_open.size() >= k_kept_open) {
        m_open.erase(std::min_element(m_open.begin(), m_open.end(), [](const auto& a, const auto& b) {
            return a.second.used < b.second.used;
        }));
    }
    return m_open.emplace(key, Open{std::move(fd), ++m_clock}).first->second.fd.value();
}

TreeWriter::TreeWriter(const Manifest& manifest, const Selection& selection, int top,
                       std::string name_in_errors, Leftovers leftovers)
    : m_manifest(manifest),
      m_selection(selection),
      m_leftovers(leftovers),
      m_directories(top, std::move(name_in_errors)),
      m_started(selection.targets.size()) {
    m_frames_left.reserve(selection.targets.size());
    for (const auto& target : selection.targets) m_frames_left.push_back(target.frames);
}

std::string TreeWriter::shown(const ManifestEntry& entry) const {
    return m_directories.name_in_errors() + "/" + printable(entry.path);
}

Result<void> TreeWriter::prepare() {
    for (const auto index : m_selection.directories) {
        const auto& entry = m_manifest.entries()[index];
        BALLAST_TRY(const int parent, m_directories.open(parent_path(entry.path)));
        const std::string name(file_name(entry.path));
        if (::mkdirat(parent, name.c_str(), 0700) != 0 && errno != EEXIST) {
            return fail_errno(errno, shown(entry), "cannot create the directory");
        }
        if (m_leftovers == Leftovers::replace) {
            // A killed finish may have given it its own mode already.
            BALLAST_TRY(const Fd fd, open_directory_at(parent, name, shown(entry)));
            if (::fchmod(fd.value(), 0700) != 0)
                return fail_errno(errno, shown(entry), "cannot set the mode");
        }
    }
    for (const auto& target : m_selection.targets) {
        if (target.bytes != 0) continue;
        BALLAST_TRY(Fd fd, create(m_manifest.entries()[target.entry], false));
        BALLAST_CHECK(complete(target, OpenFile{std::move(fd), false}));
    }
    return {};
}

void TreeWriter::skip_frame(const NeededFrame& frame) {
    for (auto i = frame.first_piece; i < frame.last_piece; ++i) {
        const auto target = m_selection.pieces[i].target;
        --m_frames_left[target];
        m_started[target] = true;
    }
}

// `continued`: a killed hydration wrote some of the file's frames, which must stay.
Result<Fd> TreeWriter::create(const ManifestEntry& entry, bool continued) {
    BALLAST_TRY(const int parent, m_directories.open(parent_path(entry.path)));
    const std::string name(file_name(entry.path));
    constexpr int k_flags = O_WRONLY | O_NOFOLLOW | O_CLOEXEC;
    if (continued) {
        Fd fd(::openat(parent, name.c_str(), k_flags));
        struct stat info = {};
        if (fd && ::fstat(fd.value(), &info) == 0 && S_ISREG(info.st_mode) && info.st_nlink == 1) return fd;
        return fail(ErrorCode::corrupt, shown(entry),
                    "a file that a killed hydration began is not as it was left",
                    "somebody changed it: remove the staging directory, then hydrate again");
    }
    Fd fd(::openat(parent, name.c_str(), k_flags | O_CREAT | O_EXCL, 0600));
    if (!fd && errno == EEXIST && m_leftovers == Leftovers::replace) {
        if (::unlinkat(parent, name.c_str(), 0) != 0)
            return fail_errno(errno, shown(entry), "cannot replace");
        fd = Fd(::openat(parent, name.c_str(), k_flags | O_CREAT | O_EXCL, 0600));
    }
    if (!fd) return fail_errno(errno, shown(entry), "cannot create");
    return fd;
}

Result<void> TreeWriter::complete(const Target& target, const OpenFile& file) {
    const auto& entry = m_manifest.entries()[target.entry];
    if (file.has_hole && ::ftruncate(file.fd.value(), static_cast<off_t>(target.bytes)) != 0) {
        return fail_errno(errno, shown(entry), "cannot set the size");
    }
    if (::fchmod(file.fd.value(), entry.mode) != 0)
        return fail_errno(errno, shown(entry), "cannot set the mode");
    return {};
}

Result<void> TreeWriter::write_piece(const Piece& piece, std::span<const std::byte> bytes) {
    const auto& target = m_selection.targets[piece.target];
    const auto& entry = m_manifest.entries()[target.entry];
    const bool last = --m_frames_left[piece.target] == 0;
    if (target.frames == 1) {
        BALLAST_TRY(Fd fd, create(entry, false));
        BALLAST_CHECK(write_all(fd, bytes, shown(entry)));
        return complete(target, OpenFile{std::move(fd), false});
    }
    auto at = m_files.find(piece.target);
    if (at == m_files.end()) {
        BALLAST_TRY(Fd fd, create(entry, m_started[piece.target]));
        m_started[piece.target] = true;
        // A resumed file may have had holes; setting the size again is harmless.
        at = m_files.emplace(piece.target, OpenFile{std::move(fd), m_leftovers == Leftovers::replace}).first;
    }
    if (bytes.size() >= k_smallest_hole && is_zero(bytes)) {
        at->second.has_hole = true;
    } else {
        BALLAST_CHECK(pwrite_all(at->second.fd, bytes, piece.file_offset, shown(entry)));
    }
    if (!last) return {};
    const OpenFile file = std::move(at->second);
    m_files.erase(at);
    return complete(target, file);
}

Result<void> TreeWriter::write_frame(const NeededFrame& frame, std::span<const std::byte> decoded) {
    const std::lock_guard lock(m_mutex);
    for (auto i = frame.first_piece; i < frame.last_piece; ++i) {
        const auto& piece = m_selection.pieces[i];
        BALLAST_CHECK(write_piece(piece, decoded.subspan(piece.frame_offset, piece.bytes)));
    }
    return {};
}

// A link of the file with the same bytes, so that they are on the disk once; a copy where the modes
// differ or the file system has no (more) links.
Result<void> TreeWriter::make_further_name(const FurtherName& further) {
    const auto& entry = m_manifest.entries()[further.entry];
    const auto& first = m_manifest.entries()[further.source];
    const std::string name(file_name(entry.path));
    const std::string first_name(file_name(first.path));
    // A duplicate, since the cache may close the one while it opens the other.
    BALLAST_TRY(const int first_directory, m_directories.open(parent_path(first.path)));
    const Fd first_owner(::fcntl(first_directory, F_DUPFD_CLOEXEC, 0));
    const int first_parent = first_owner.value();
    BALLAST_TRY(const int parent, m_directories.open(parent_path(entry.path)));
    if (m_leftovers == Leftovers::replace) (void)::unlinkat(parent, name.c_str(), 0);
    if (entry.mode == first.mode) {
        if (::linkat(first_parent, first_name.c_str(), parent, name.c_str(), 0) == 0) return {};
        if (errno != EMLINK && errno != EPERM && errno != EOPNOTSUPP) {
            return fail_errno(errno, shown(entry), "cannot link");
        }
    }
    Fd from(::openat(first_parent, first_name.c_str(), O_RDONLY | O_NOFOLLOW | O_CLOEXEC));
    if (!from && errno == EACCES &&
        ::fchmodat(first_parent, first_name.c_str(), first.mode | S_IRUSR, 0) == 0) {
        from = Fd(::openat(first_parent, first_name.c_str(), O_RDONLY | O_NOFOLLOW | O_CLOEXEC));
        ::fchmodat(first_parent, first_name.c_str(), first.mode, 0);
    }
    if (!from) return fail_errno(errno, shown(first), "cannot open to copy");
    const std::uint64_t bytes = m_manifest.contents()[entry.content].bytes;
    BALLAST_TRY(Fd to, create(entry, false));
    std::vector<std::byte> buffer(std::min<std::uint64_t>(bytes, 1U << 20U));
    for (std::uint64_t done = 0; done < bytes;) {
        const auto part = std::span(buffer).first(std::min<std::uint64_t>(buffer.size(), bytes - done));
        BALLAST_CHECK(pread_exact(from, part, done, shown(first)));
        BALLAST_CHECK(write_all(to, part, shown(entry)));
        done += part.size();
    }
    if (::fchmod(to.value(), entry.mode) != 0) return fail_errno(errno, shown(entry), "cannot set the mode");
    return {};
}

Result<void> TreeWriter::finish() {
    for (const auto& further : m_selection.further_names) BALLAST_CHECK(make_further_name(further));
    for (const auto index : m_selection.symlinks) {
        const auto& entry = m_manifest.entries()[index];
        BALLAST_TRY(const int parent, m_directories.open(parent_path(entry.path)));
        const std::string name(file_name(entry.path));
        if (m_leftovers == Leftovers::replace) (void)::unlinkat(parent, name.c_str(), 0);
        if (::symlinkat(std::string(entry.target).c_str(), parent, name.c_str()) != 0) {
            return fail_errno(errno, shown(entry), "cannot create the symlink");
        }
    }
    return {};
}

Result<void> apply_directory_modes(TreeDirectories& directories, const Manifest& manifest,
                                   std::span<const std::uint32_t> directory_entries) {
    for (auto at = directory_entries.rbegin(); at != directory_entries.rend(); ++at) {
        const auto& entry = manifest.entries()[*at];
        BALLAST_TRY(const int fd, directories.open(entry.path));
        if (::fchmod(fd, entry.mode) != 0) {
            return fail_errno(errno, directories.name_in_errors() + "/" + printable(entry.path),
                              "cannot set the mode");
        }
    }
    return {};
}

}  // namespace ballast
