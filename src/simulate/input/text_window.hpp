#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "simulate/input/byte_stream.hpp"

namespace ballast {

// A moving window over a text of any size: what is read is let go, and more is read behind it. Knows its
// line, so that errors can name it. A record may be as large as k_most_record.
class TextWindow {
  public:
    static constexpr std::size_t k_most_record = std::size_t{16} << 20;

    static Result<TextWindow> open(const std::string& path);
    static Result<TextWindow> over(std::unique_ptr<ByteStream> stream, std::string name);

    // Until the next advance().
    std::string_view text() const { return {m_buffer.data() + m_begin, m_end - m_begin}; }
    // No more text follows.
    bool is_last() const { return m_is_last; }
    std::uint64_t bytes_read() const { return m_bytes; }
    const std::string& name() const { return m_name; }

    // Lets go the first `count` bytes; when there were none, reads more. False when the text has ended: then
    // none could be read, and no more comes. Errors: corrupt when a record is too large; those of reading.
    Result<bool> advance(std::size_t count);

    // "FILE:LINE: message" of what is wrong at a byte of text().
    tl::unexpected<Error> fault(std::size_t offset, std::string_view message,
                                std::string_view hint = {}) const;

  private:
    TextWindow(std::unique_ptr<ByteStream> stream, std::string name);
    Result<void> fill();

    std::unique_ptr<ByteStream> m_stream;
    std::string m_name;
    std::vector<char> m_buffer;
    std::size_t m_begin = 0;
    std::size_t m_end = 0;
    std::uint64_t m_lines = 0;  // before the window
    std::uint64_t m_bytes = 0;
    bool m_is_last = false;
};

}  // namespace ballast
