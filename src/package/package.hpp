#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "format/entry.hpp"

namespace ballast {

// Reads one file of a package from its start. Owned by the caller; one thread at a time.
class FileReader {
  public:
    FileReader() = default;
    FileReader(const FileReader&) = delete;
    FileReader& operator=(const FileReader&) = delete;
    virtual ~FileReader() = default;

    // Fills `out` as far as the file reaches; less than out.size() only at its end.
    // Errors: corrupt when the archive's bytes do not hold what its directory says.
    virtual Result<std::size_t> read(std::span<std::byte> out) = 0;
};

// How an archive holds a file.
struct StoredFile {
    std::uint64_t bytes = 0;  // compressed
    std::uint32_t crc = 0;    // CRC-32 of what it unpacks to
};

struct ImageFacts;

// What a function is deployed as, read alike: a directory, a zip, or the archive of a container image.
class Package {
  public:
    Package() = default;
    Package(const Package&) = delete;
    Package& operator=(const Package&) = delete;
    virtual ~Package() = default;

    // The path as the user named it.
    virtual const std::string& name() const = 0;

    // All entries in path_before() order; every directory is listed, before what it holds; no path
    // twice. Symlinks of a directory may point anywhere; those of a zip stay inside it.
    virtual const std::vector<Entry>& entries() const = 0;

    // Opens entries()[index], which must be a file. Thread-safe; the readers are independent, and
    // must not outlive the package.
    virtual Result<std::unique_ptr<FileReader>> open(std::size_t index) const = 0;

    // How the file entries()[index] lies in its archive; none where it was not compressed by itself.
    virtual std::optional<StoredFile> stored(std::size_t /*index*/) const { return std::nullopt; }

    // How the image was made whose files these are; null for what is not a container image.
    virtual const ImageFacts* image() const { return nullptr; }
};

struct PackageLimits {
    std::uint64_t max_unpacked_bytes = 10ULL << 30U;  // what /tmp of a function can hold at most
    std::uint64_t max_entries = 1'000'000;
};

}  // namespace ballast
