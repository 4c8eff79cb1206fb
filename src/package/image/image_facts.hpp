#pragma once

#include <cstdint>
#include <numeric>
#include <string>
#include <vector>

namespace ballast {

// One layer of a container image.
struct ImageLayer {
    std::string name;                // its digest, or its path in the archive
    std::string command;             // what made it, as the image's history says; "" where that is silent
    std::uint64_t bytes = 0;         // of its files, each hard-linked one once
    std::uint64_t files = 0;         // with every name of a hard-linked one
    std::uint64_t hidden_bytes = 0;  // of those that a later layer replaces or removes
};

struct ImageFacts {
    std::string platform;  // "linux/amd64"; "" where the archive does not say
    std::vector<ImageLayer> layers = {};

    std::uint64_t bytes() const {
        return std::accumulate(layers.begin(), layers.end(), std::uint64_t{0},
                               [](std::uint64_t sum, const ImageLayer& layer) { return sum + layer.bytes; });
    }
    std::uint64_t hidden_bytes() const {
        return std::accumulate(
            layers.begin(), layers.end(), std::uint64_t{0},
            [](std::uint64_t sum, const ImageLayer& layer) { return sum + layer.hidden_bytes; });
    }
};

}  // namespace ballast
