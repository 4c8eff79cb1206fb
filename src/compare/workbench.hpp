#pragma once

#include <set>
#include <string>
#include <vector>

#include "base/file.hpp"
#include "base/result.hpp"
#include "classify/inventory.hpp"
#include "compare/launch.hpp"

namespace ballast {

// Where a package is taken apart: a temporary directory with a copy of it, in which it can be run and changed
// without harm to the user's own. Removed by the destructor. REQUIRES: the inventory outlives it.
class Workbench {
  public:
    // Copies the package. Errors: those of reading it and of the disk.
    static Result<Workbench> create(const Inventory& inventory);

    const Inventory& inventory() const { return *m_inventory; }
    // The package as it is, in which nothing is started.
    std::string original() const { return m_directory.path() + "/package"; }
    // A tree of link_tree() with all of it, in which programs are started as they are: what one removes or
    // replaces there is still in the original.
    std::string started() const { return m_directory.path() + "/as-is"; }
    // A directory for what a tool writes, made when it is not there.
    Result<std::string> scratch(const std::string& name) const;

    // A second tree, whose files are links to the original's, but for those of the entries `left_out`. It is
    // not to be written through: replace() makes files anew.
    Result<std::string> link_tree(const std::string& name, const std::set<std::size_t>& left_out = {}) const;

    // Puts `file` in the place of a path of a tree of link_tree(), with that mode.
    static Result<void> replace(const std::string& tree, const std::string& path, const std::string& file,
                                unsigned mode);

    // What starts a program out of one of the trees: its own directories of programs and libraries first, and
    // a directory to work in that is emptied afterwards.
    Launch start_of(const std::string& tree, std::vector<std::string> arguments) const;

  private:
    Workbench(TemporaryDirectory directory, const Inventory& inventory);

    TemporaryDirectory m_directory;
    const Inventory* m_inventory;
    std::vector<std::string> m_program_directories;
    std::vector<std::string> m_library_directories;
};

// Where a program is, by PATH; "" where it is not installed.
std::string find_tool(const std::string& name);

}  // namespace ballast
