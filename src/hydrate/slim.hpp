#pragma once

#include <functional>
#include <string>

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

// The manifest, after its bytes were found to have the digest that the lock pins.
Result<Manifest> load_manifest(const Slim& slim);

}  // namespace ballast
