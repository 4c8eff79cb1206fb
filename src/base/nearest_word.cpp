#include "base/nearest_word.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstddef>
#include <numeric>

namespace ballast {
namespace {

char lower(char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

// The optimal string alignment distance: Levenshtein's, with two swapped neighbours as one edit,
// the commonest slip on a keyboard.
std::size_t distance(std::string_view left, std::string_view right) {
    std::vector<std::size_t> before(right.size() + 1);
    std::vector<std::size_t> above(right.size() + 1);
    std::vector<std::size_t> row(right.size() + 1);
    std::iota(above.begin(), above.end(), std::size_t{0});
    for (std::size_t i = 1; i <= left.size(); ++i) {
        row[0] = i;
        for (std::size_t j = 1; j <= right.size(); ++j) {
            const bool same = lower(left[i - 1]) == lower(right[j - 1]);
            row[j] = std::min({above[j] + 1, row[j - 1] + 1, above[j - 1] + (same ? 0 : 1)});
            const bool swapped = i > 1 && j > 1 && lower(left[i - 1]) == lower(right[j - 2]) &&
                                 lower(left[i - 2]) == lower(right[j - 1]);
            if (swapped) row[j] = std::min(row[j], before[j - 2] + 1);
        }
        before.swap(above);
        above.swap(row);
    }
    return above[right.size()];
}

}  // namespace

std::string nearest_word(std::string_view word, const std::vector<std::string>& known) {
    std::string nearest;
    std::size_t least = 0;
    for (const auto& candidate : known) {
        const std::size_t longer = std::max(word.size(), candidate.size());
        const std::size_t allowed = std::max<std::size_t>(longer / 3, 1);
        if (longer - std::min(word.size(), candidate.size()) > allowed) continue;
        const std::size_t edits = distance(word, candidate);
        // One edit makes any one-letter word out of any other.
        if (edits > allowed || edits >= longer) continue;
        if (nearest.empty() || edits < least) {
            nearest = candidate;
            least = edits;
        }
    }
    return nearest;
}

std::string suggestion(std::string_view word, const std::vector<std::string>& known) {
    const auto nearest = nearest_word(word, known);
    if (!nearest.empty()) return fmt::format("did you mean '{}'?", nearest);
    return fmt::format("known are: {}", fmt::join(known, ", "));
}

}  // namespace ballast
