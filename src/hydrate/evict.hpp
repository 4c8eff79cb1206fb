#pragma once

#include <cstdint>
#include <string>

#include "base/result.hpp"
#include "hydrate/place.hpp"

namespace ballast {

// Bytes that this user can still write to the file system of the open directory.
struct FreeSpace {
    std::uint64_t bytes = 0;
    std::uint64_t block_bytes = 0;
};
Result<FreeSpace> free_space(int directory, const std::string& name_in_errors);

// Makes room for `needed` bytes in the root by removing places of the same family other than `keep`,
// the least recently changed first, never one that a process hydrates or runs programs out of.
// Gives the free space then, which may still be too little.
Result<FreeSpace> evict_family(int root, const std::string& root_path, const std::string& family,
                               const Place& keep, std::uint64_t needed);

// Notes which family a place belongs to.
Result<void> write_family(const Place& place, const std::string& family);

}  // namespace ballast
