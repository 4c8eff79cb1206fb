#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "config/glob.hpp"

namespace ballast {

inline constexpr std::size_t k_max_pattern_bytes = 4096;  // no path is longer

// A list of patterns in gitignore's syntax (gitignore(5)): the last pattern that matches a path, or
// a directory above it, decides; "!" negates; a trailing "/" matches directories only; a pattern with
// "/" elsewhere is anchored at the package's top; "*", "?", "[...]", "**".
//
// Each pattern by itself matches what git's does (the tests ask git). Two things differ in a list,
// since nothing here walks directories and each path is decided on its own: a file below an excluded
// directory can be taken back by a later "!" pattern, and "!dir/" takes back all below dir.
// Patterns that git ignores as comments, or that can never match, are errors here.
class Patterns {
  public:
    // Errors: usage; the object is "pattern '<text>'".
    static Result<Patterns> compile(const std::vector<std::string>& patterns);

    // `path` is a file's (or symlink's) path inside the package. Thread-safe. Takes time in the order
    // of the path's length times the patterns' length, whatever they are.
    bool match(std::string_view path) const;
    bool empty() const { return m_rules.empty(); }

  private:
    struct Rule {
        Glob glob;
        bool negated = false;
        bool directory_only = false;
        bool anchored = false;  // matches paths from the top; else the name of any component

        static Result<Rule> compile(std::string_view pattern);
        bool match(std::string_view path, Glob::Scratch& scratch) const;
    };
    std::vector<Rule> m_rules;
};

}  // namespace ballast
