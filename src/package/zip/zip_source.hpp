#pragma once

#include <zip.h>

#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "base/fd.hpp"
#include "base/result.hpp"

// How libzip reads and writes our descriptors. Its own file sources lost: zip_fdopen() and FILE* share
// one read position among threads, and a source made from a path may open another file than the one
// that was checked, creates its output where it likes and gives it a name without syncing it.

namespace ballast {

struct DiscardZip {
    void operator()(zip_t* archive) const { zip_discard(archive); }
};

// One libzip archive; discarded unless zip_close() took it. One thread at a time.
using ZipHandle = std::unique_ptr<zip_t, DiscardZip>;

// Opens `length` bytes of `fd`, from its start, for reading as a zip. `fd` must outlive the handle; any
// number of handles may share it, each used by a thread of its own.
// Errors: corrupt, naming `archive`, when libzip does not take it for a zip.
Result<ZipHandle> open_zip_for_reading(const Fd& fd, std::uint64_t length, const std::string& archive);

// A source for zip_file_add() that gives `length` bytes of `fd` from `start`. `fd` must outlive the
// archive. Null when memory is short. Read errors show as ZIP_ER_READ with their errno.
zip_source_t* make_range_source(const Fd& fd, std::uint64_t start, std::uint64_t length);

// What an archive that libzip writes goes to: an open, empty file. Must outlive the handle.
struct ZipOutput {
    int fd = -1;
    std::string name;  // for errors
    std::uint64_t position = 0;
    std::uint64_t bytes = 0;
    std::optional<Error> failure = std::nullopt;  // the first that happened, with its cause
};

// An archive without entries that zip_close() writes to `output`.
Result<ZipHandle> open_zip_for_writing(ZipOutput& output);

// What libzip says of its last failure on the archive: lower case, with the cause.
std::string zip_failure(zip_t* archive);

}  // namespace ballast
