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

// What a function is deployed as: a directory or a zip, read alike.
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
};

struct PackageLimits {
    std::uint64_t max_unpacked_bytes = 10ULL << 30U;  // what /tmp of a function can hold at most
    std::uint64_t max_entries = 1'000'000;
};

// Opens a directory, or a zip by its content ("PK"), not its name.
// Errors: not_found; usage for anything else than those two, and for sockets, devices, FIFOs and
// set-uid or set-gid files, each named; corrupt for a zip that must not be trusted.
Result<std::unique_ptr<Package>> open_package(const std::string& path, const PackageLimits& limits = {});

struct ImageFacts;

// A package to look at.
struct Openable {
    std::unique_ptr<Package> package;
    const ImageFacts* image = nullptr;  // of a container image; the package's own
};

// The same, and a container image's archive (package/image/image_package.hpp), which can be looked at, not
// packed.
Result<Openable> open_package_or_image(const std::string& path, const PackageLimits& limits = {});

// Reads the whole of entries()[index] into memory.
Result<std::string> read_entry(const Package& package, std::size_t index, std::uint64_t max_bytes);

}  // namespace ballast
