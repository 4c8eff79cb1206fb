#pragma once

#include <cstddef>
#include <string_view>

namespace ballast {

struct CodePoint {
    char32_t value = 0;
    std::size_t bytes = 0;  // 0 when the text does not start with well-formed UTF-8
};

// The first character of `text`. REQUIRES: !text.empty(). Well-formed as in the Unicode Standard,
// table 3-7: no overlong forms, no surrogates, nothing above U+10FFFF.
CodePoint first_code_point(std::string_view text);

// The columns that `text` takes on a terminal: two for East Asian wide characters and emoji, none for
// combining marks, one for each byte that is not UTF-8. A short table instead of wcwidth(3), which
// depends on the locale that is set; rare scripts may come out a column off.
std::size_t display_width(std::string_view text);

}  // namespace ballast
