#pragma once

#include <memory>
#include <string>

#include "base/result.hpp"
#include "program/command.hpp"
#include "store/store.hpp"

namespace ballast {

// The flags of the commands that are about a store rather than a package.
struct StoreFlags {
    std::string store;
    std::string name;  // of the family; empty: all
    bool json = false;
};
void add_store_flags(Command& command, StoreFlags& flags);

// The store of --store, else of BALLAST_STORE, else of the ballast.toml here.
// Errors: usage when none names one, or --name cannot be a name; not_found for a directory that is not there.
Result<std::unique_ptr<Store>> open_store_of(const StoreFlags& flags);

}  // namespace ballast
