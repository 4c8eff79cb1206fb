#include "hydrate/verify_tree.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <climits>

#include "base/file.hpp"
#include "base/interrupt.hpp"
#include "base/relative_path.hpp"
#include "hydrate/tree_writer.hpp"

namespace ballast {
namespace {

class TreeVerifier {
  public:
    TreeVerifier(const Manifest& manifest, int top, const std::string& path)
        : m_manifest(manifest), m_directories(top, path), m_buffer(1U << 20U) {}

    Result<void> run() {
        BALLAST_CHECK(check_names(""));
        for (const auto& entry : m_manifest.entries()) {
            BALLAST_CHECK(check_interrupt(m_directories.name_in_errors()));
            BALLAST_CHECK(check(entry));
        }
        return {};
    }

  private:
    tl::unexpected<Error> differs(std::string_view path, std::string_view what) const {
        return fail(ErrorCode::corrupt, m_directories.name_in_errors() + "/" + printable(path), what,
                    "remove " + m_directories.name_in_errors() + ", then hydrate again");
    }

    // Nothing is there that the manifest does not list.
    Result<void> check_names(std::string_view directory) {
        BALLAST_TRY(const int fd, m_directories.open(directory));
        BALLAST_TRY(const auto names, names_in(fd, directory));
        for (const auto& name : names) {
            const std::string path = join_path(directory, name);
            if (m_manifest.find(path) == nullptr) return differs(path, "is not in the manifest");
        }
        return {};
    }

    Result<void> check(const ManifestEntry& entry) {
        const std::string name(file_name(entry.path));
        BALLAST_TRY(const int parent, m_directories.open(parent_path(entry.path)));
        struct stat info = {};
        if (::fstatat(parent, name.c_str(), &info, AT_SYMLINK_NOFOLLOW) != 0) {
            if (errno == ENOENT) return differs(entry.path, "is missing");
            return fail_errno(errno, entry.path, "cannot stat");
        }
        const auto mode = static_cast<std::uint16_t>(info.st_mode & 07777U);
        if (entry.kind == EntryKind::symlink) return check_link(entry, parent, name, info);
        const bool is_directory = entry.kind == EntryKind::directory;
        if (is_directory ? !S_ISDIR(info.st_mode) : !S_ISREG(info.st_mode))
            return differs(entry.path, is_directory ? "is not a directory" : "is not a file");
        if (mode != entry.mode)
            return differs(entry.path, fmt::format("has mode {:04o}, not {:04o}", mode, entry.mode));
        if (is_directory) return check_names(entry.path);
        return check_bytes(entry, parent, name, static_cast<std::uint64_t>(info.st_size));
    }

    Result<void> check_link(const ManifestEntry& entry, int parent, const std::string& name,
                            const struct stat& info) {
        std::array<char, PATH_MAX> target = {};
        const auto length =
            S_ISLNK(info.st_mode) ? ::readlinkat(parent, name.c_str(), target.data(), target.size()) : -1;
        if (length < 0) return differs(entry.path, "is not a symlink");
        if (std::string_view(target.data(), static_cast<std::size_t>(length)) != entry.target) {
            return differs(entry.path, "leads elsewhere");
        }
        return {};
    }

    Result<void> check_bytes(const ManifestEntry& entry, int parent, const std::string& name,
                             std::uint64_t size) {
        const auto& content = m_manifest.contents()[entry.content];
        if (size != content.bytes)
            return differs(entry.path, fmt::format("has {} bytes, not {}", size, content.bytes));
        const Fd fd(::openat(parent, name.c_str(), O_RDONLY | O_NOFOLLOW | O_CLOEXEC));
        if (!fd)
            return fail_errno(errno, m_directories.name_in_errors() + "/" + printable(entry.path),
                              "cannot open");
        for (std::uint64_t done = 0; done < size;) {
            const auto part =
                std::span(m_buffer).first(std::min<std::uint64_t>(m_buffer.size(), size - done));
            BALLAST_CHECK(pread_exact(fd, part, done, entry.path));
            m_hash.update(part);
            done += part.size();
        }
        if (m_hash.finish() != content.digest) return differs(entry.path, "has other bytes");
        return {};
    }

    const Manifest& m_manifest;
    TreeDirectories m_directories;
    std::vector<std::byte> m_buffer;
    Sha256 m_hash;
};

}  // namespace

Result<void> verify_tree(const Manifest& manifest, const std::string& tree_path) {
    const Fd top(::open(tree_path.c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
    if (!top) return fail_errno(errno, tree_path, "cannot open the tree");
    return TreeVerifier(manifest, top.value(), tree_path).run();
}

}  // namespace ballast
