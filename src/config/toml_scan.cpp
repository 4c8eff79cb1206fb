#include "config/toml_scan.hpp"

#include <algorithm>

namespace ballast {
namespace {

// The end of the string that starts at `start`, behind its closing quotes; that of the line for a
// one-line string which is not closed in it, where toml++ reports the error.
std::size_t string_end(std::string_view text, std::size_t start) {
    const char quote = text[start];
    const std::size_t quotes =
        text.substr(start, 3) == std::string_view(quote == '"' ? "\"\"\"" : "'''") ? 3 : 1;
    std::size_t run = 0;  // of closing quotes
    for (std::size_t at = start + quotes; at < text.size(); ++at) {
        if (text[at] == quote) {
            // Up to two quotes more than close a string of many lines belong to it.
            if (++run == quotes) {
                std::size_t end = at + 1;
                for (int more = 0; quotes == 3 && more < 2 && end < text.size() && text[end] == quote; ++more)
                    ++end;
                return end;
            }
            continue;
        }
        run = 0;
        if (text[at] == '\n' && quotes == 1) return at;
        if (text[at] == '\\' && quote == '"' && !text.substr(at).starts_with("\\\n")) ++at;
    }
    return text.size();
}

bool is_separator(char c) {
    return std::string_view(" \t\r\n=,[]{}").find(c) != std::string_view::npos;
}

}  // namespace

TomlScan scan_toml(std::string_view text) {
    constexpr std::string_view k_byte_order_mark = "\xEF\xBB\xBF";
    if (text.starts_with(k_byte_order_mark)) text.remove_prefix(k_byte_order_mark.size());
    TomlScan scan;
    // A quote within a word starts no string: toml++ reads it as a part of a number or date that it is
    // about to refuse. (In a dotted key it does start one; there, only ASCII is taken.)
    bool in_word = false;
    for (std::size_t at = 0; at < text.size();) {
        const char c = text[at];
        if (c == '#') {
            at = std::min(text.find('\n', at), text.size());
        } else if ((c == '"' || c == '\'') && !in_word) {
            at = string_end(text, at);
        } else {
            if (static_cast<unsigned char>(c) >= 0x80) {
                const auto lines =
                    std::count(text.begin(), text.begin() + static_cast<std::ptrdiff_t>(at), '\n');
                scan.non_ascii_line = 1 + static_cast<std::size_t>(lines);
                return scan;
            }
            in_word = !is_separator(c);
            if (c == '.') ++scan.dots;
            ++at;
        }
    }
    return scan;
}

}  // namespace ballast
