#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace ballast {

// What each part is of the sum of all parts, in hundredths of a percent. The shares add up to exactly
// 10,000 (or are all 0 where the sum is 0): each is rounded down, and the hundredths still missing go
// to the largest remainders, the first of equal ones first. Rounding each share by itself lost: three
// equal parts would read 33.33 % and add up to 99.99 %.
std::vector<std::uint32_t> shares_of(std::span<const std::uint64_t> parts);

// 100 for all of `whole`; 0 when whole is 0.
double percent_of(std::uint64_t part, std::uint64_t whole);

// "57.67 %" of 5767.
std::string format_hundredths(std::uint64_t hundredths);

// A bar of `width` columns, filled as far as `part` is of `whole`, to an eighth of a column; a part
// that is not 0 is always seen. The rest is spaces.
std::string share_bar(std::uint64_t part, std::uint64_t whole, std::size_t width);

}  // namespace ballast
