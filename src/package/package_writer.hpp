#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>

#include "base/result.hpp"
#include "format/entry.hpp"
#include "package/package.hpp"

namespace ballast {

// Writes a package, which appears whole under its name with commit() or not at all: until then all
// goes to a temporary place beside it, which the destructor removes. One thread at a time.
//
// REQUIRES: entries are added in path_before() order, no path twice, each after its directory; and
// after any failure nothing more is called.
// Errors of every call: no_space, permission, unavailable, interrupted; corrupt for a path that is not
// relative and clean.
class PackageWriter {
  public:
    PackageWriter() = default;
    PackageWriter(const PackageWriter&) = delete;
    PackageWriter& operator=(const PackageWriter&) = delete;
    virtual ~PackageWriter() = default;

    // REQUIRES: the entry is of the kind that the function names.
    virtual Result<void> add_directory(const Entry& entry) = 0;
    virtual Result<void> add_symlink(const Entry& entry) = 0;

    // Copies the reader's bytes to its end, with memory that does not grow with them.
    // Errors: those of the reader; corrupt when it holds more or fewer than entry.size.
    virtual Result<void> add_file(const Entry& entry, FileReader& reader) = 0;

    // An entry of a package as it is. Errors: those of reading it too.
    Result<void> copy(const Package& package, std::size_t index);

    // A file of bytes that the caller holds.
    Result<void> add_bytes(const std::string& path, std::uint16_t mode, std::span<const std::byte> bytes);

    // Publishes, and syncs before it does. REQUIRES: called once, last.
    // Errors: usage when what lies under the name may not be replaced.
    virtual Result<void> commit() = 0;
};

// What may be lying under the name of a new package. Nothing, an empty directory and an empty file
// always may.
enum class Replace : std::uint8_t {
    nothing,
    slim_package,  // one that holds ballast.lock; anything else is refused all the same, so that a
                   // mistyped name never costs anybody their work
    layer,         // the same for one that holds bin/ballast-run
};

// Starts a package at `path`: a zip when the name ends in ".zip", else a directory. Equal entries make
// equal bytes of a zip, whatever the clock, the time zone and the umask.
// Errors: usage when something lies there that may not be replaced; not_found when the directory that
// should hold it is missing.
Result<std::unique_ptr<PackageWriter>> create_package(const std::string& path, Replace existing);

}  // namespace ballast
