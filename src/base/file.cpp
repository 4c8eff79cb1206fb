#include "base/file.hpp"

#include <dirent.h>
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <cstdlib>
#include <filesystem>
#include <memory>
#include <vector>

#include "base/environment.hpp"

namespace ballast {
namespace {

// A name that no other process, and no other call in this one, uses at the same time. No version,
// pack or manifest name has a '~', so what a killed writer leaves is told from what it meant to write.
std::string temporary_name_for(const std::string& path) {
    static std::atomic<unsigned> counter{0};
    return path + "~" + std::to_string(::getpid()) + "-" + std::to_string(counter++);
}

// Opens the directory `name` to empty it, whatever its mode: entries can be listed and removed only
// where the directory is readable and writable. Whether the second fchmod worked shows at the removal.
Result<Fd> open_for_removal(int directory_fd, const std::string& name, std::string_view shown) {
    constexpr int k_flags = O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC;
    Fd directory(::openat(directory_fd, name.c_str(), k_flags));
    if (!directory) {
        const int saved_errno = errno;
        if (saved_errno == EACCES && ::fchmodat(directory_fd, name.c_str(), 0700, AT_SYMLINK_NOFOLLOW) == 0) {
            directory = Fd(::openat(directory_fd, name.c_str(), k_flags));
        }
        if (!directory) return fail_errno(saved_errno, shown, "cannot open for removal");
    }
    ::fchmod(directory.value(), 0700);
    return directory;
}

// All names are read before the first is removed: what a listing shows of a directory that changes
// meanwhile depends on the file system. One descriptor a level stays open.
Result<std::vector<std::string>> names_in(const Fd& directory, std::string_view shown) {
    Fd duplicate(::openat(directory.value(), ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    if (!duplicate) return fail_errno(errno, shown, "cannot open for removal");
    const std::unique_ptr<DIR, int (*)(DIR*)> stream(::fdopendir(duplicate.value()), &::closedir);
    if (!stream) return fail_errno(errno, shown, "cannot list for removal");
    duplicate.release();  // the stream closes it
    std::vector<std::string> names;
    for (;;) {
        errno = 0;
        const dirent* entry = ::readdir(stream.get());
        if (entry == nullptr) {
            if (errno != 0) return fail_errno(errno, shown, "cannot list for removal");
            return names;
        }
        const std::string_view name(entry->d_name);
        if (name != "." && name != "..") names.emplace_back(name);
    }
}

}  // namespace

Result<Fd> open_for_reading(const std::string& path) {
    // O_NONBLOCK: a FIFO would hold us up until somebody writes to it. It changes nothing for files.
    Fd fd(::open(path.c_str(), O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC));
    if (!fd) return fail_errno(errno, path, "cannot open");
    return fd;
}

Result<std::string> read_file(const Fd& fd, const std::string& name, std::uint64_t max_bytes) {
    struct stat info = {};
    if (::fstat(fd.value(), &info) != 0) return fail_errno(errno, name, "cannot stat");
    if (!S_ISREG(info.st_mode)) return fail(ErrorCode::usage, name, "not a regular file");
    const auto size = static_cast<std::uint64_t>(info.st_size);
    if (size > max_bytes) {
        return fail(ErrorCode::corrupt, name,
                    "has " + std::to_string(size) + " bytes, more than the " + std::to_string(max_bytes) +
                        " that such a file may have");
    }
    std::string text(size, '\0');
    BALLAST_CHECK(pread_exact(fd, std::as_writable_bytes(std::span(text)), 0, name));
    return text;
}

Result<std::string> read_file(const std::string& path, std::uint64_t max_bytes) {
    BALLAST_TRY(const Fd fd, open_for_reading(path));
    return read_file(fd, path, max_bytes);
}

Result<void> pread_exact(const Fd& fd, std::span<std::byte> out, std::uint64_t offset,
                         std::string_view name) {
    while (!out.empty()) {
        const auto count = ::pread(fd.value(), out.data(), out.size(), static_cast<off_t>(offset));
        if (count < 0) {
            if (errno == EINTR) continue;
            return fail_errno(errno, name, "cannot read");
        }
        if (count == 0) return fail(ErrorCode::corrupt, name, "ends before the bytes that were asked for");
        out = out.subspan(static_cast<std::size_t>(count));
        offset += static_cast<std::uint64_t>(count);
    }
    return {};
}

Result<void> write_all(int fd, std::span<const std::byte> bytes, std::string_view name) {
    while (!bytes.empty()) {
        const auto count = ::write(fd, bytes.data(), bytes.size());
        if (count < 0) {
            if (errno == EINTR) continue;
            return fail_errno(errno, name, "cannot write");
        }
        bytes = bytes.subspan(static_cast<std::size_t>(count));
    }
    return {};
}

Result<void> pwrite_all(const Fd& fd, std::span<const std::byte> bytes, std::uint64_t offset,
                        std::string_view name) {
    while (!bytes.empty()) {
        const auto count = ::pwrite(fd.value(), bytes.data(), bytes.size(), static_cast<off_t>(offset));
        if (count < 0) {
            if (errno == EINTR) continue;
            return fail_errno(errno, name, "cannot write");
        }
        bytes = bytes.subspan(static_cast<std::size_t>(count));
        offset += static_cast<std::uint64_t>(count);
    }
    return {};
}

std::string containing_directory(const std::string& path) {
    const auto slash = path.find_last_of('/');
    if (slash == std::string::npos) return ".";
    return slash == 0 ? "/" : path.substr(0, slash);
}

Result<void> sync_directory(const std::string& path) {
    const Fd directory(::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    if (!directory || ::fsync(directory.value()) != 0) return fail_errno(errno, path, "cannot sync");
    return {};
}

Result<void> make_directories(const std::string& path) {
    std::error_code error;
    std::filesystem::create_directories(path, error);
    if (error) return fail_errno(error.value(), path, "cannot create the directory");
    return {};
}

Result<void> remove_all_at(int directory_fd, const std::string& name, std::string_view shown) {
    if (::unlinkat(directory_fd, name.c_str(), 0) == 0 || errno == ENOENT) return {};
    // EISDIR is what Linux says of directories; EPERM is a sticky directory or an immutable file.
    if (errno != EISDIR) return fail_errno(errno, shown, "cannot remove");
    BALLAST_TRY(const Fd directory, open_for_removal(directory_fd, name, shown));
    BALLAST_TRY(const auto names, names_in(directory, shown));
    for (const auto& child : names) {
        BALLAST_CHECK(remove_all_at(directory.value(), child, std::string(shown) + "/" + child));
    }
    if (::unlinkat(directory_fd, name.c_str(), AT_REMOVEDIR) != 0 && errno != ENOENT) {
        return fail_errno(errno, shown, "cannot remove");
    }
    return {};
}

Result<void> remove_all(const std::string& path) {
    return remove_all_at(AT_FDCWD, path, path);
}

AtomicFile::AtomicFile(std::string path, std::string temporary, Fd fd)
    : m_path(std::move(path)), m_temporary(std::move(temporary)), m_fd(std::move(fd)) {}

AtomicFile::AtomicFile(AtomicFile&& other) noexcept
    : m_path(std::move(other.m_path)),
      m_temporary(std::exchange(other.m_temporary, {})),
      m_fd(std::move(other.m_fd)) {}

Result<AtomicFile> AtomicFile::create(const std::string& path, mode_t mode) {
    std::string temporary = temporary_name_for(path);
    Fd fd(::open(temporary.c_str(), O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, mode));
    if (!fd) return fail_errno(errno, path, "cannot create");
    return AtomicFile(path, std::move(temporary), std::move(fd));
}

AtomicFile::~AtomicFile() {
    if (!m_temporary.empty()) ::unlink(m_temporary.c_str());
}

Result<bool> AtomicFile::commit(Existing existing) {
    if (::fsync(m_fd.value()) != 0) return fail_errno(errno, m_path, "cannot sync");
    if (existing == Existing::keep) {
        // link(2) refuses an existing name in one step on every file system and kernel;
        // renameat2(RENAME_NOREPLACE) does not exist on all of them.
        if (::link(m_temporary.c_str(), m_path.c_str()) != 0) {
            if (errno == EEXIST) return false;
            return fail_errno(errno, m_path, "cannot publish");
        }
    } else {
        if (::rename(m_temporary.c_str(), m_path.c_str()) != 0) {
            return fail_errno(errno, m_path, "cannot publish");
        }
        m_temporary.clear();
    }
    BALLAST_CHECK(sync_directory(containing_directory(m_path)));
    return true;
}

Result<TemporaryDirectory> TemporaryDirectory::create(const std::string& parent) {
    std::string base = parent;
    if (base.empty()) base = environment("TMPDIR");
    if (base.empty()) base = "/tmp";
    std::string path = base + "/ballast-XXXXXX";
    if (::mkdtemp(path.data()) == nullptr)
        return fail_errno(errno, base, "cannot create a temporary directory");
    return TemporaryDirectory(std::move(path));
}

TemporaryDirectory::TemporaryDirectory(TemporaryDirectory&& other) noexcept
    : m_path(std::exchange(other.m_path, {})) {}

TemporaryDirectory::~TemporaryDirectory() {
    if (!m_path.empty()) (void)remove_all(m_path);
}

std::string TemporaryDirectory::release() {
    return std::exchange(m_path, {});
}

Result<MappedFile> MappedFile::open(const std::string& path) {
    BALLAST_TRY(const Fd fd, open_for_reading(path));
    struct stat info = {};
    if (::fstat(fd.value(), &info) != 0) return fail_errno(errno, path, "cannot stat");
    if (!S_ISREG(info.st_mode)) return fail(ErrorCode::usage, path, "not a regular file");
    MappedFile file;
    if (info.st_size == 0) return file;
    const auto size = static_cast<std::size_t>(info.st_size);
    void* data = ::mmap(nullptr, size, PROT_READ, MAP_PRIVATE, fd.value(), 0);
    if (data == MAP_FAILED) return fail_errno(errno, path, "cannot map");
    file.m_data = static_cast<const std::byte*>(data);
    file.m_size = size;
    return file;
}

MappedFile::MappedFile(MappedFile&& other) noexcept
    : m_data(std::exchange(other.m_data, nullptr)), m_size(std::exchange(other.m_size, 0)) {}

MappedFile& MappedFile::operator=(MappedFile&& other) noexcept {
    std::swap(m_data, other.m_data);
    std::swap(m_size, other.m_size);
    return *this;
}

MappedFile::~MappedFile() {
    if (m_data != nullptr) ::munmap(const_cast<std::byte*>(m_data), m_size);
}

Result<void> write_file(const std::string& path, std::string_view text, mode_t mode) {
    BALLAST_TRY(AtomicFile file, AtomicFile::create(path, mode));
    BALLAST_CHECK(file.write(as_bytes(text)));
    BALLAST_CHECK(file.commit());
    return {};
}

}  // namespace ballast
