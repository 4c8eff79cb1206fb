#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace ballast {

// The known word that `word` was probably meant to be, or "" when none is near: at most a third of
// the longer one's letters, but always one, wrong, missing, too many or swapped with their neighbour.
// Letters of the other case count as right.
std::string nearest_word(std::string_view word, const std::vector<std::string>& known);

// "did you mean 'include'?" for the nearest known word, else "known are: a, b, c".
std::string suggestion(std::string_view word, const std::vector<std::string>& known);

}  // namespace ballast
