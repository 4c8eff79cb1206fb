#pragma once

#include <boost/random/exponential_distribution.hpp>
#include <boost/random/mersenne_twister.hpp>
#include <cstdint>

namespace ballast {

// Boost's, not the standard library's: its distributions give the same numbers everywhere.
struct Random : boost::random::mt19937_64 {
    explicit Random(std::uint64_t seed) : boost::random::mt19937_64(seed) {}
};

// Evenly from [0, 1).
inline double draw_unit(Random& random) {
    return static_cast<double>(random() >> 11) * 0x1p-53;
}

// At random, 1 on average.
inline double draw_exponential(Random& random) {
    return boost::random::exponential_distribution<double>()(random);
}

}  // namespace ballast
