#pragma once

#include <sys/types.h>

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "base/fd.hpp"
#include "base/result.hpp"

// Whole-file reading and writing, and the owners of files that must not be left behind.
// Paths are what the user or the system names; trees are written through hydrate/ instead.

namespace ballast {

// Opens for reading, without waiting for a FIFO's writer. Errors: see fail_errno.
Result<Fd> open_for_reading(const std::string& path);

// Reads a regular file into memory. A file larger than `max_bytes` is refused as corrupt: nothing
// that Ballast reads whole is legitimately larger than the caller's limit.
Result<std::string> read_file(const std::string& path, std::uint64_t max_bytes);
Result<std::string> read_file(const Fd& fd, const std::string& name, std::uint64_t max_bytes);

// Fills `out` from `offset`. Errors: corrupt when the file ends before.
Result<void> pread_exact(const Fd& fd, std::span<std::byte> out, std::uint64_t offset, std::string_view name);

// Writes all of `bytes`, going on after short writes and EINTR.
Result<void> write_all(int fd, std::span<const std::byte> bytes, std::string_view name);
inline Result<void> write_all(const Fd& fd, std::span<const std::byte> bytes, std::string_view name) {
    return write_all(fd.value(), bytes, name);
}
Result<void> pwrite_all(const Fd& fd, std::span<const std::byte> bytes, std::uint64_t offset,
                        std::string_view name);

inline std::span<const std::byte> as_bytes(std::string_view text) {
    return std::as_bytes(std::span(text.data(), text.size()));
}

// The directory that `path` stands in: "." when the path names none.
std::string containing_directory(const std::string& path);

// Syncs a directory, and with it the names in it.
Result<void> sync_directory(const std::string& path);

// Creates `path` and its missing parents (mode 0777 less the umask). Existing directories are fine.
Result<void> make_directories(const std::string& path);

// Removes a file or a directory with all below it, never following symlinks, making directories
// writable where that is needed. Absent is fine.
Result<void> remove_all(const std::string& path);

// The same below an open directory, for callers that hold on to one.
Result<void> remove_all_at(int directory_fd, const std::string& name, std::string_view shown);

// A new file that appears under `path` whole or not at all: written beside it under a temporary
// name, published by commit(), removed by the destructor otherwise.
class AtomicFile {
  public:
    enum class Existing : std::uint8_t { replace, keep };

    static Result<AtomicFile> create(const std::string& path, mode_t mode = 0644);
    AtomicFile(AtomicFile&& other) noexcept;
    AtomicFile& operator=(AtomicFile&&) = delete;
    AtomicFile(const AtomicFile&) = delete;
    AtomicFile& operator=(const AtomicFile&) = delete;
    ~AtomicFile();

    const Fd& fd() const { return m_fd; }
    const std::string& temporary_path() const { return m_temporary; }
    Result<void> write(std::span<const std::byte> bytes) { return write_all(m_fd, bytes, m_path); }

    // Syncs the bytes, then gives them their name and syncs the directory. With Existing::keep
    // the result is false, and nothing changed, when `path` was there already.
    Result<bool> commit(Existing existing = Existing::replace);

  private:
    AtomicFile(std::string path, std::string temporary, Fd fd);
    std::string m_path;
    std::string m_temporary;
    Fd m_fd;
};

// A fresh directory, mode 0700, removed with all below it by the destructor.
class TemporaryDirectory {
  public:
    // Made in `parent`, or in $TMPDIR or /tmp when that is empty.
    static Result<TemporaryDirectory> create(const std::string& parent = {});
    TemporaryDirectory(TemporaryDirectory&& other) noexcept;
    TemporaryDirectory& operator=(TemporaryDirectory&&) = delete;
    TemporaryDirectory(const TemporaryDirectory&) = delete;
    TemporaryDirectory& operator=(const TemporaryDirectory&) = delete;
    ~TemporaryDirectory();

    const std::string& path() const { return m_path; }
    // Gives up ownership: the directory stays.
    std::string release();

  private:
    explicit TemporaryDirectory(std::string path) : m_path(std::move(path)) {}
    std::string m_path;
};

// The whole of a file by AtomicFile. Errors: those of writing.
Result<void> write_file(const std::string& path, std::string_view text, mode_t mode = 0644);

// A file's bytes mapped read-only. The mapping lives as long as the object.
class MappedFile {
  public:
    static Result<MappedFile> open(const std::string& path);
    MappedFile() = default;
    MappedFile(MappedFile&& other) noexcept;
    MappedFile& operator=(MappedFile&& other) noexcept;
    MappedFile(const MappedFile&) = delete;
    MappedFile& operator=(const MappedFile&) = delete;
    ~MappedFile();

    std::span<const std::byte> bytes() const { return {m_data, m_size}; }

  private:
    const std::byte* m_data = nullptr;
    std::size_t m_size = 0;
};

}  // namespace ballast
