#pragma once

#include <string>
#include <vector>

#include "classify/inventory.hpp"

namespace ballast {

// What the target system, AWS Lambda's x86-64 AL2023, lacks to run the package's ELF files: another
// architecture, glibc above 2.34, a needed library that neither the package nor the base image has.
struct Lack {
    std::string path;     // of the ELF file
    std::string message;  // "needs libfoo.so.1, which neither the package nor the base image has"
};

// In the order of the entries. What is found is what loading would stumble over first: a file for another
// architecture is not asked for its libraries. `provided` are the names of libraries that layers bring.
std::vector<Lack> find_lacks(const Inventory& inventory, const std::vector<std::string>& provided = {});

// The names under which a package's libraries are found: file names, those of symlinks, and sonames.
std::vector<std::string> library_names(const Inventory& inventory);

}  // namespace ballast
