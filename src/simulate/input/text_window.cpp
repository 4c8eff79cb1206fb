#include "simulate/input/text_window.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstring>

#include "base/relative_path.hpp"
#include "base/size.hpp"

namespace ballast {
namespace {

constexpr std::size_t k_first_bytes = std::size_t{512} << 10;

std::uint64_t count_lines(std::string_view text) {
    return static_cast<std::uint64_t>(std::count(text.begin(), text.end(), '\n'));
}

}  // namespace

TextWindow::TextWindow(std::unique_ptr<ByteStream> stream, std::string name)
    : m_stream(std::move(stream)), m_name(std::move(name)), m_buffer(k_first_bytes) {}

Result<TextWindow> TextWindow::open(const std::string& path) {
    BALLAST_TRY(auto stream, open_byte_stream(path));
    return over(std::move(stream), path == "-" ? "standard input" : path);
}

Result<TextWindow> TextWindow::over(std::unique_ptr<ByteStream> stream, std::string name) {
    TextWindow window(std::move(stream), std::move(name));
    BALLAST_CHECK(window.fill());
    return window;
}

Result<bool> TextWindow::advance(std::size_t count) {
    m_lines += count_lines(text().substr(0, count));
    m_begin += count;
    if (count > 0 && m_begin < m_end) return true;
    if (m_is_last) return m_begin < m_end && count > 0;
    BALLAST_CHECK(fill());
    return true;
}

// Reads at least a byte more, or learns that there is none: so that is_last() is known with the last byte.
Result<void> TextWindow::fill() {
    std::memmove(m_buffer.data(), m_buffer.data() + m_begin, m_end - m_begin);
    m_end -= m_begin;
    m_begin = 0;
    if (m_end == m_buffer.size()) {
        if (m_buffer.size() >= k_most_record)
            return fault(0, "a record is longer than " + format_size(k_most_record));
        m_buffer.resize(2 * m_buffer.size());
    }
    while (m_end < m_buffer.size()) {
        BALLAST_TRY(const std::size_t more, m_stream->read(std::span(m_buffer).subspan(m_end)));
        m_is_last = more == 0;
        if (m_is_last) break;
        m_end += more;
        m_bytes += more;
    }
    return {};
}

tl::unexpected<Error> TextWindow::fault(std::size_t offset, std::string_view message,
                                        std::string_view hint) const {
    const std::uint64_t line = m_lines + count_lines(text().substr(0, offset)) + 1;
    return fail(ErrorCode::corrupt, fmt::format("{}:{}", printable(m_name), line), message, hint);
}

}  // namespace ballast
