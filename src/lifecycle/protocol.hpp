#pragma once

#include <chrono>

// The times that let push and gc work side by side. docs/lifecycle.md has the protocol, its proof and
// what these must hold to; old and new programs meet in one store, so they are as good as stored:
// they must not change.

namespace ballast {

// A lease of a push that was killed protects for so long; `gc --grace` may say another time, but
// none below the least: that long a push may stand still between renewing its lease and writing its
// version. A push whose first lease is older than half the grace time begins anew.
inline constexpr std::chrono::seconds k_lease_grace = std::chrono::hours(24);
inline constexpr std::chrono::seconds k_least_lease_grace = std::chrono::hours(1);

// A gc stops removing when its mark is older than the first; the mark of one that was killed is
// removed by another gc when it is older than the second. Between the two lies the time that one
// request may take.
inline constexpr std::chrono::seconds k_mark_works = std::chrono::minutes(30);
inline constexpr std::chrono::seconds k_mark_stale = std::chrono::hours(1);

}  // namespace ballast
