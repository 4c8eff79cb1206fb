#include "base/share.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <numeric>
#include <string_view>

namespace ballast {
namespace {

__extension__ using WideInteger = unsigned __int128;  // products of two 64-bit numbers

constexpr std::uint32_t k_all = 10'000;

}  // namespace

std::vector<std::uint32_t> shares_of(std::span<const std::uint64_t> parts) {
    std::vector<std::uint32_t> shares(parts.size(), 0);
    const auto sum = std::accumulate(parts.begin(), parts.end(), WideInteger{0});
    if (sum == 0) return shares;
    std::vector<WideInteger> remainders(parts.size());
    std::uint32_t given = 0;
    for (std::size_t i = 0; i < parts.size(); ++i) {
        const WideInteger scaled = WideInteger{parts[i]} * k_all;
        shares[i] = static_cast<std::uint32_t>(scaled / sum);
        remainders[i] = scaled % sum;
        given += shares[i];
    }
    std::vector<std::size_t> order(parts.size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    std::stable_sort(order.begin(), order.end(),
                     [&](std::size_t a, std::size_t b) { return remainders[a] > remainders[b]; });
    for (std::size_t i = 0; given < k_all; ++i, ++given) ++shares[order[i]];
    return shares;
}

double percent_of(std::uint64_t part, std::uint64_t whole) {
    return whole == 0 ? 0 : 100 * static_cast<double>(part) / static_cast<double>(whole);
}

std::string format_hundredths(std::uint64_t hundredths) {
    return fmt::format("{}.{:02} %", hundredths / 100, hundredths % 100);
}

std::string share_bar(std::uint64_t part, std::uint64_t whole, std::size_t width) {
    static constexpr std::array<std::string_view, 8> k_eighths = {"", "▏", "▎", "▍", "▌", "▋", "▊", "▉"};
    const auto all = static_cast<WideInteger>(width) * 8;
    auto filled = whole == 0 ? WideInteger{0} : std::min<WideInteger>(WideInteger{part} * all / whole, all);
    if (filled == 0 && part > 0 && width > 0) filled = 1;
    const auto full = static_cast<std::size_t>(filled / 8);
    const auto rest = k_eighths[static_cast<std::size_t>(filled % 8)];
    std::string bar;
    for (std::size_t i = 0; i < full; ++i) bar += "█";
    bar += rest;
    bar.append(width - full - (rest.empty() ? 0 : 1), ' ');
    return bar;
}

}  // namespace ballast
