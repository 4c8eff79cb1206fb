#pragma once

#include <cstddef>
#include <memory>
#include <span>
#include <string>

#include "base/result.hpp"

namespace ballast {

// A file's bytes from front to end, gzip (also several members in a row) and zstd unpacked: which it is is
// seen in the first bytes. Memory does not grow with the file. Not thread-safe.
class ByteStream {
  public:
    virtual ~ByteStream() = default;

    // Fills `out` from its front; 0 only at the end. Blocks.
    // Errors: corrupt when packed bytes do not unpack or end too early; those of reading.
    virtual Result<std::size_t> read(std::span<char> out) = 0;
};

// "-" is standard input. Errors: not_found, permission, and so on.
Result<std::unique_ptr<ByteStream>> open_byte_stream(const std::string& path);

// The same over bytes that outlive the stream; `name` is for errors.
Result<std::unique_ptr<ByteStream>> memory_byte_stream(std::string_view bytes, const std::string& name);

}  // namespace ballast
