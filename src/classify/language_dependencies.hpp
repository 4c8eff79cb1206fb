#pragma once

#include <vector>

#include "base/result.hpp"
#include "package/entry_tree.hpp"
#include "package/package.hpp"

namespace ballast {

// Which entries a package manager of a programming language installed, one element an entry: what lies
// below node_modules and its like, Composer's vendor/, installed gems, jars, what .NET publishes beside a
// program, and what the records of pip name where it installed into the package's own directories
// (pip install -t). docs/classify.md has the list.
// Reads the RECORD and top_level.txt files of Python. Errors: those of reading the package.
Result<std::vector<bool>> find_language_dependencies(const Package& package, const EntryTree& tree);

}  // namespace ballast
