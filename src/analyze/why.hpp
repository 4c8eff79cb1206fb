#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "classify/inventory.hpp"

namespace ballast {

// What asks for something directly.
struct Needer {
    std::string who;  // a path, or "name version" of a package
    std::string as;   // what it asks for: "libz.so.1", or of a package the condition, "optional"
};

// Why something is loaded or installed: what starts it all, and each one that the one before needs, up to
// what was asked about.
struct NeedChain {
    enum class Start : std::uint8_t {
        program,      // an executable
        loaded,       // a library that no other names: an addon, or opened by dlopen
        project,      // the function's own package.json or requirements.txt
        independent,  // a package that no other asks for
    };
    Start start = Start::program;
    std::vector<std::string> steps;
};

// One thing that was asked about, and what needs it.
struct NeededThing {
    std::string what;  // a path, or "name version" of a package
    std::string path;
    std::uint64_t bytes = 0;
    std::vector<Needer> needed_by = {};  // directly, in the order of paths
    std::vector<NeedChain> chains = {};  // a shortest one from each start; programs and projects first
};

struct Why {
    std::string asked;
    std::vector<NeededThing> files = {};     // ELF files, by DT_NEEDED; others without what needs them
    std::vector<NeededThing> packages = {};  // of npm and Python: asked for by name, or holding such a file
};

// What needs `asked`: the path of a file or of an installed package, a library's name ("libz.so.1"), or a
// package's name, also "name@version". A library's name that a search path ($ORIGIN) or the needer's own
// directory decides stands for that file; otherwise for every file of that name in the package, since
// LD_LIBRARY_PATH is not known. Languages' own imports and dlopen() are not looked at.
//
// Errors: not_found; usage for a directory that is not an installed package; those of reading the package.
Result<Why> find_why(const Inventory& inventory, const std::string& asked);

}  // namespace ballast
