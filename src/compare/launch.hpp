#pragma once

#include <chrono>
#include <string>
#include <vector>

#include "base/result.hpp"

namespace ballast {

// A program to start and wait for: it has no input, leads a session of its own, without a terminal, and knows
// nothing of this process's environment but what is said here.
struct Launch {
    std::vector<std::string> arguments;    // the first is the program's path
    std::vector<std::string> environment;  // "NAME=value"
    std::string directory;                 // where it works
    // The files for its standard output and error, which may be one; "": what it writes there is not kept.
    std::string output;
    std::string complaints;
    std::chrono::milliseconds limit{5000};
    // Of a program that nobody knows: all that it started is ended with it, and what lies in its directory
    // afterwards is removed. REQUIRES: adopt_orphans() was called; this process has no other children.
    bool is_foreign = false;
};

// This process's environment, for programs of the user's own.
std::vector<std::string> own_environment();

// Of such a file the line that says "error: ", or else the last one, readable; "" when there is none.
std::string complaint_in(const std::string& file);

// Makes this process the parent of whatever its children leave behind.
void adopt_orphans();

struct Launched {
    // Exit status; 128 and the signal when one ended it; k_timed_out when it, with its group, was killed at
    // the limit.
    int status = 0;
    bool by_signal = false;
    double milliseconds = 0;  // from before the fork until its end was seen
};
inline constexpr int k_timed_out = -1;
// What a shell says of a program that it cannot start.
inline constexpr int k_cannot_start = 127;

// Blocks until it ended. A program that cannot be started has k_cannot_start. Errors: interrupted;
// unavailable.
Result<Launched> launch(const Launch& what);

// Two programs started in turns, so that whatever else the machine does meets both.
struct PairedStarts {
    unsigned rounds = 0;
    double plain_ms = 0;    // medians
    double changed_ms = 0;  // of the changed one
    double added_ms = 0;    // median of each round's difference; negative when the changed one is faster
};

// One element a round in both. REQUIRES: as many of the one as of the other, and at least one.
PairedStarts paired_starts(const std::vector<double>& plain_ms, const std::vector<double>& changed_ms);

// Starts each once to warm the caches, then `rounds` times, fewer (five at least) when they take more than
// `budget` together. Errors: those of launch(); check_failed when a status is not `status`, naming the
// program.
Result<PairedStarts> pair_starts(const Launch& plain, const Launch& changed, int status, unsigned rounds,
                                 std::chrono::milliseconds budget = std::chrono::seconds(6));

// The middle one, or the mean of the middle two. REQUIRES: not empty.
double median_of(std::vector<double> values);

}  // namespace ballast
