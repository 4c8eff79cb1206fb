#pragma once

#include <charconv>
#include <string_view>

namespace ballast {

// Whether all of `text` is a number that `out` can hold, which it then does.
template <typename Number>
bool parse_number(std::string_view text, Number& out, int base = 10) {
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), out, base);
    return error == std::errc() && end == text.data() + text.size();
}

}  // namespace ballast
