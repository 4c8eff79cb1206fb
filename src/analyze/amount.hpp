#pragma once

#include <cstdint>

namespace ballast {

// What some files of a package take together.
struct Amount {
    std::uint64_t bytes = 0;
    std::uint64_t compressed_bytes = 0;  // as a zip holds them, without headers; of a directory an estimate
    std::uint64_t files = 0;

    void add(const Amount& other) {
        bytes += other.bytes;
        compressed_bytes += other.compressed_bytes;
        files += other.files;
    }
};

}  // namespace ballast
