#pragma once

#include <charconv>
#include <string_view>

namespace ballast {

// Whether all of `text` is an integer that `out` can hold, which it then does.
template <typename Integer>
bool parse_integer(std::string_view text, Integer& out, int base = 10) {
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), out, base);
    return error == std::errc() && end == text.data() + text.size();
}

}  // namespace ballast
