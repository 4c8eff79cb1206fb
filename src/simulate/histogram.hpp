#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace ballast {

// How often each length of time occurred, in buckets of 0.8 % width (128 to each doubling), in 60 KB whatever
// the number of values: quantiles are exact to 0.4 %. As HdrHistogram's, of which only this much is needed.
class Histogram {
  public:
    Histogram() : m_counts(k_buckets) {}

    // REQUIRES: us >= 0.
    void add(std::int64_t us) {
        ++m_counts[bucket_of(static_cast<std::uint64_t>(us))];
        m_sum += static_cast<double>(us);
        if (us > m_most) m_most = us;
    }

    std::uint64_t count() const;
    double mean_us() const;
    std::int64_t most_us() const { return m_most; }
    // The least value that at least the share `q` of all values does not exceed; 0 of nothing.
    double quantile_us(double q) const;
    // As many values that stand for all, each for the same share, ascending. REQUIRES: not empty.
    std::vector<std::int64_t> quantiles_us(std::size_t count) const;

  private:
    static constexpr unsigned k_bits = 7;
    static constexpr std::size_t k_buckets = (64 - k_bits + 1) << k_bits;

    static std::size_t bucket_of(std::uint64_t value) {
        const unsigned width = static_cast<unsigned>(std::bit_width(value));
        const unsigned shift = width > k_bits + 1 ? width - k_bits - 1 : 0;
        return (std::size_t{shift} << k_bits) + static_cast<std::size_t>(value >> shift);
    }

    // The middle of a bucket.
    double middle_us(std::size_t bucket) const;

    std::vector<std::uint64_t> m_counts;
    double m_sum = 0;
    std::int64_t m_most = 0;
};

}  // namespace ballast
