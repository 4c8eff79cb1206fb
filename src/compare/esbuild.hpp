#pragma once

#include <string>
#include <vector>

#include "base/result.hpp"
#include "compare/workbench.hpp"

namespace ballast {

// An esbuild to work with, out of the registry that npm is set up for, or one that is there already.
class Esbuild {
  public:
    // `directory`: of an installed one; "": installs one for this workbench. Errors: unavailable, with npm's
    // words, when npm cannot; not_found when there is no Node.
    static Result<Esbuild> find(const Workbench& bench, const std::string& directory);

    struct Request {
        std::string entry;  // a path in the package
        std::string out;    // a directory; the output has the entry's path in it
        bool module = false;
        std::vector<std::string> external;
    };
    struct Message {
        std::string text;   // "This call to "require" will not be bundled ..."
        std::string where;  // "node_modules/x/index.js:12"; "" where it does not say
    };
    struct Built {
        std::vector<Message> errors;  // when there are any there is no output
        std::vector<Message> warnings;
        std::vector<std::string> inputs;  // paths in the package
        std::string output;               // a file
        std::uint64_t bytes = 0;
    };
    // Bundles and minifies one entry of the original tree. Errors: those of the disk; corrupt when esbuild
    // says what cannot be understood; interrupted.
    Result<Built> build(const Workbench& bench, const Request& request) const;

    const std::string& node() const { return m_node; }

  private:
    std::string m_node;
    std::string m_directory;
};

}  // namespace ballast
