#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "base/result.hpp"
#include "cli/store_flags.hpp"

namespace ballast {

struct VerifyStoredFlags : StoreFlags {
    std::string sample;
    std::optional<std::uint64_t> seed;
    bool quiet = false;
};

// The part of 'verify' that reads a version in the store, and reports all that is damaged.
// Errors: check_failed when anything is, after it was printed.
Result<int> verify_stored_version(const std::string& version, const VerifyStoredFlags& flags);

}  // namespace ballast
