#include "simulate/histogram.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>

namespace ballast {

std::uint64_t Histogram::count() const {
    return std::accumulate(m_counts.begin(), m_counts.end(), std::uint64_t{0});
}

double Histogram::mean_us() const {
    const std::uint64_t values = count();
    return values == 0 ? 0 : m_sum / static_cast<double>(values);
}

double Histogram::quantile_us(double q) const {
    const std::uint64_t values = count();
    if (values == 0) return 0;
    const auto wanted = static_cast<std::uint64_t>(std::ceil(q * static_cast<double>(values)));
    std::uint64_t seen = 0;
    for (std::size_t bucket = 0; bucket < m_counts.size(); ++bucket) {
        seen += m_counts[bucket];
        if (m_counts[bucket] > 0 && seen >= wanted) return middle_us(bucket);
    }
    return static_cast<double>(m_most);
}

std::vector<std::int64_t> Histogram::quantiles_us(std::size_t count) const {
    const auto values = static_cast<double>(this->count());
    std::vector<std::int64_t> quantiles;
    quantiles.reserve(count);
    double seen = 0;
    for (std::size_t bucket = 0; bucket < m_counts.size(); ++bucket) {
        seen += static_cast<double>(m_counts[bucket]);
        const auto reached =
            static_cast<std::size_t>(std::llround(seen / values * static_cast<double>(count)));
        if (reached > quantiles.size()) quantiles.resize(reached, std::llround(middle_us(bucket)));
    }
    return quantiles;
}

double Histogram::middle_us(std::size_t bucket) const {
    // bucket_of() backwards: below 2^(k_bits + 1) each value has its own bucket.
    const std::size_t shift = bucket < (std::size_t{2} << k_bits) ? 0 : (bucket >> k_bits) - 1;
    const double low = std::ldexp(static_cast<double>(bucket - (shift << k_bits)), static_cast<int>(shift));
    const double width = std::ldexp(1.0, static_cast<int>(shift));
    return std::min(low + (width - 1) / 2, static_cast<double>(m_most));
}

}  // namespace ballast
