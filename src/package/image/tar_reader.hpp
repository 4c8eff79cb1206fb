#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>

#include "base/fd.hpp"
#include "base/result.hpp"

struct archive;

namespace ballast {

enum class TarKind : std::uint8_t { file, hard_link, symlink, directory, other };

// One member of a tar, as its header says and before any of it is believed.
struct TarMember {
    std::string path;
    TarKind kind = TarKind::other;  // other: devices, FIFOs
    std::uint16_t mode = 0;         // permission bits
    std::uint64_t size = 0;         // of a file
    std::string target = {};        // of links
};

// Reads a tar, plain or compressed with gzip or zstd, from its start to its end, with libarchive. One thread.
// Errors, of all functions: corrupt for bytes that are no such tar, those of the source.
class TarReader {
  public:
    // Gives the next bytes of the tar, at most as many as `out` has, 0 at its end.
    using Source = std::function<Result<std::size_t>(std::span<std::byte> out)>;

    // From the start of a file, which must outlive the reader; what is not read is skipped by seeking.
    static Result<std::unique_ptr<TarReader>> open(const Fd& fd, const std::string& name);
    // From a source; `name` names it in errors.
    static Result<std::unique_ptr<TarReader>> open(Source source, const std::string& name);

    TarReader(const TarReader&) = delete;
    TarReader& operator=(const TarReader&) = delete;
    ~TarReader();

    // nullopt at the end.
    Result<std::optional<TarMember>> next();
    // The bytes of the current member: 0 at its end, which is after its size or in a damaged tar before.
    Result<std::size_t> read(std::span<std::byte> out);

  private:
    explicit TarReader(std::string name);
    tl::unexpected<Error> fail_reading();
    tl::unexpected<Error> fail_unpacking();
    static std::ptrdiff_t give_packed(archive* unpacker, void* self, const void** bytes);
    static std::ptrdiff_t give_plain(archive* tar, void* self, const void** bytes);

    std::string m_name;
    archive* m_archive;
    std::uint64_t m_left = 0;  // of the current file's bytes, not read yet
    // Of a source: it is unpacked here and not by m_archive, so that it is known where the tar ends.
    archive* m_unpacker = nullptr;
    Source m_source;
    std::unique_ptr<std::byte[]> m_packed;
    std::unique_ptr<std::byte[]> m_plain;
    std::uint64_t m_given = 0;  // bytes of the tar
    bool m_ended = false;
    std::optional<Error> m_error;  // the first, of the source or of unpacking
};

}  // namespace ballast
