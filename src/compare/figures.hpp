#pragma once

#include <optional>
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
// What a way adds, marked; "?" where nobody knows.
std::string marked_added(const Way& way, const std::optional<double>& ms);
// "300 ms → 412 ms": a start as it is, and changed.
std::string format_starts(const PairedStarts& starts);
// Whether a way works, and why not: "yes", "no: ...", "not tried: ...", "not tested: ...".
std::string works_text(const Way& way);
// "$12.30", "$0.0042".
std::string format_usd(double usd);

}  // namespace ballast
