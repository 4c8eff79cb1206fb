#pragma once

#include <bitset>
#include <cstdint>
#include <string_view>
#include <vector>

#include "base/result.hpp"

namespace ballast {

// One pattern's text as git's wildmatch reads it, without '!' and without the '/' that anchors it or
// restricts it to directories. "*" and "?" and "[...]" do not match '/'; "**" does where it stands for
// whole components. Bytes, not characters.
//
// Matching follows all of a pattern's readings at once (a non-deterministic automaton), so its time is
// bounded by pattern length times path length; git's own recursion takes exponential time for
// patterns like "*a*a*a*b". Immutable; thread-safe.
class Glob {
  public:
    // Errors: usage, with a message that says what is wrong ("'[' is not closed"); the object is `text`.
    static Result<Glob> compile(std::string_view text);

    // The states of one run, kept between runs only to save allocations. One thread at a time.
    struct Scratch {
        std::vector<std::uint16_t> now;
        std::vector<std::uint16_t> next;
        std::vector<std::uint32_t> seen;
        std::uint32_t generation = 0;
    };

    // What of a path is matched: all of it, a directory above it (its text up to a '/'), or neither.
    struct Reach {
        bool whole = false;
        bool directory = false;
    };
    Reach match(std::string_view path, Scratch& scratch) const;

  private:
    struct Token {
        enum class Kind : std::uint8_t {
            one,          // one byte of `bytes`
            star,         // any bytes but '/'
            anything,     // any bytes
            directories,  // nothing, or any bytes up to and with a '/'
        };
        Kind kind = Kind::one;
        std::bitset<256> bytes = {};
    };
    class Compiler;
    class Run;

    std::vector<Token> m_tokens;
};

}  // namespace ballast
