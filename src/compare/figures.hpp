#pragma once

#include <string>

#include "compare/experiment.hpp"

namespace ballast {

// "0.63 ms", "12.4 ms", "412 ms", "3.4 s": three digits.
std::string format_ms(double ms);
// The same with a sign, "0" for what cannot be told from nothing.
std::string format_added_ms(double ms);
// "412 ms" where it was measured, "about 412 ms" where it was not.
std::string said_ms(const Way& way, double ms);
// A figure as it came about: "48 MB" measured, "≈ 48 MB" predicted, "~ 48 MB" by arithmetic with others'
// figures.
std::string marked(Basis basis, const std::string& figure);
// "$12.30", "$0.0042".
std::string format_usd(double usd);

}  // namespace ballast
