#pragma once

#include <functional>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "format/lock.hpp"
#include "format/manifest.hpp"

namespace ballast {

// A slim package as start-up needs it: its lock, and a way to its manifest, which a warm start never
// reads.
struct Slim {
    std::string name;  // as the user named it
    Lock lock;
    std::function<Result<std::string>()> read_manifest;
};

// Reads ballast.lock of a slim package in a directory.
// Errors: not_found when there is none, with what to do; corrupt for a lock that is not good.
Result<Slim> open_slim_directory(const std::string& directory);

// Where a program finds its slim package when nobody names one: where the program itself lies;
// the function's directory where it came in a layer, which extensions are not told of.
std::string default_slim_directory();

// The manifest, after its bytes were found to have the digest that the lock pins. Errors: corrupt, saying
// that the package is damaged; those of reading it.
Result<Manifest> load_manifest(const Slim& slim);

// The groups to hydrate so that the entry is there, as far as the configuration says: the one that holds it,
// or none, which is the whole tree, where there is only one. Errors: not_found when the tree has no such
// entry.
Result<std::vector<std::string>> groups_for_entry(const Manifest& manifest, const std::string& entry);

}  // namespace ballast
