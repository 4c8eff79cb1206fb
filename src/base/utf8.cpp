#include "base/utf8.hpp"

#include <algorithm>
#include <array>

namespace ballast {
namespace {

struct Interval {
    char32_t first;
    char32_t last;
};

// Combining marks, joiners and variation selectors.
constexpr std::array k_zero_width = {
    Interval{0x0300, 0x036F}, Interval{0x0483, 0x0489}, Interval{0x0591, 0x05BD},   Interval{0x064B, 0x065F},
    Interval{0x1AB0, 0x1AFF}, Interval{0x1DC0, 0x1DFF}, Interval{0x200B, 0x200F},   Interval{0x20D0, 0x20FF},
    Interval{0xFE00, 0xFE0F}, Interval{0xFE20, 0xFE2F}, Interval{0xE0100, 0xE01EF},
};

// East Asian wide and fullwidth characters, and emoji (Unicode's EastAsianWidth.txt, coarsened).
constexpr std::array k_double_width = {
    Interval{0x1100, 0x115F},   Interval{0x2E80, 0x303E},   Interval{0x3041, 0x33FF},
    Interval{0x3400, 0x4DBF},   Interval{0x4E00, 0x9FFF},   Interval{0xA000, 0xA4CF},
    Interval{0xAC00, 0xD7A3},   Interval{0xF900, 0xFAFF},   Interval{0xFE30, 0xFE6F},
    Interval{0xFF00, 0xFF60},   Interval{0xFFE0, 0xFFE6},   Interval{0x1F300, 0x1F64F},
    Interval{0x1F680, 0x1F6FF}, Interval{0x1F900, 0x1F9FF}, Interval{0x20000, 0x3FFFD},
};

template <std::size_t Count>
bool within(const std::array<Interval, Count>& intervals, char32_t value) {
    return std::any_of(intervals.begin(), intervals.end(), [&](const Interval& interval) {
        return value >= interval.first && value <= interval.last;
    });
}

}  // namespace

CodePoint first_code_point(std::string_view text) {
    const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
    const unsigned char first = byte(0);
    if (first < 0x80) return {first, 1};
    std::size_t length = 0;
    unsigned char low = 0x80;
    unsigned char high = 0xBF;
    if (first >= 0xC2 && first <= 0xDF) {
        length = 2;
    } else if (first >= 0xE0 && first <= 0xEF) {
        length = 3;
        if (first == 0xE0) low = 0xA0;
        if (first == 0xED) high = 0x9F;
    } else if (first >= 0xF0 && first <= 0xF4) {
        length = 4;
        if (first == 0xF0) low = 0x90;
        if (first == 0xF4) high = 0x8F;
    } else {
        return {};
    }
    if (text.size() < length || byte(1) < low || byte(1) > high) return {};
    char32_t value = first & (0xFFU >> (length + 1));
    for (std::size_t i = 1; i < length; ++i) {
        if (byte(i) < 0x80 || byte(i) > 0xBF) return {};
        value = (value << 6U) | (byte(i) & 0x3FU);
    }
    return {value, length};
}

std::size_t display_width(std::string_view text) {
    std::size_t columns = 0;
    while (!text.empty()) {
        const CodePoint point = first_code_point(text);
        if (point.bytes == 0) {
            ++columns;
            text.remove_prefix(1);
            continue;
        }
        if (within(k_double_width, point.value)) {
            columns += 2;
        } else if (!within(k_zero_width, point.value)) {
            ++columns;
        }
        text.remove_prefix(point.bytes);
    }
    return columns;
}

}  // namespace ballast
