#pragma once

#include <vector>

#include "classify/system_names.hpp"
#include "package/entry_tree.hpp"

namespace ballast {

// What is known of each entry before the roles are weighed.
struct RoleFacts {
    bool installed = false;  // a language dependency: it says nothing about the rest of the package
    bool elf = false;        // an ELF file
};

// What lying in a directory means for a file.
struct DirectoryRole {
    bool system = false;                   // all of it was installed by a system's package manager
    SystemPlace root = SystemPlace::none;  // in bin/, share/ ... of a place where executables are, too
    bool beside_usr = false;               // and usr/ lies beside that root: a whole system's tree
    bool application = false;              // around or beside an executable, in a directory of its own
    bool resource = false;                 // below CMap/, tessdata/ and the like
};

// The role of each directory; one element an entry, those of files and symlinks are empty.
// REQUIRES: as many facts as entries.
std::vector<DirectoryRole> find_directory_roles(const EntryTree& tree, const std::vector<RoleFacts>& facts);

}  // namespace ballast
