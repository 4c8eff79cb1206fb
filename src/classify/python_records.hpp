#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <unordered_set>

#include "base/result.hpp"
#include "package/entry_tree.hpp"
#include "package/package.hpp"

namespace ballast {

inline constexpr std::uint64_t k_max_record_bytes = 16 << 20;  // torch's, the longest known, has 2 MB

// Directories in which several projects and the function itself put files, such as bin/, tests/ and
// __pycache__/: only the files that are recorded belong to the dependency.
bool is_shared_python_directory(std::string_view name);

// Calls `take` with each path that a RECORD (PyPA, "Recording installed projects") names, relative to
// the directory that the *.dist-info lies in. Scripts and data lie outside of site-packages,
// "../../bin/jp.py"; `pip install -t` moves them below its target but records them so nevertheless: these
// come without the "../", as `outside`. Paths that make no sense are left out.
void for_each_recorded(std::string_view record,
                       const std::function<void(const std::string& path, bool outside)>& take);

// What pip and its kin recorded as installed beside a *.dist-info or *.egg-info directory, as paths in
// the package: of whole directories, and of files where the directory may hold others' files too.
class PythonRecords {
  public:
    // Takes what the RECORD (PyPA, "Recording installed projects") or, without one, the top_level.txt in
    // `directory` names. Errors: those of reading the package. A record that makes no sense adds nothing.
    Result<void> add(const Package& package, const EntryTree& tree, std::size_t directory);

    bool empty() const { return m_paths.empty() && m_stems.empty(); }

    // Whether the entry itself, not only one above it, was installed. `path` is that of an entry.
    bool hold(std::string_view path) const;

  private:
    void add_record(std::string_view record, std::string_view site);
    void add_top_level(std::string_view names, std::string_view site);

    std::unordered_set<std::string> m_paths;
    std::unordered_set<std::string> m_stems;  // modules: "six" stands for six.py, six.pyi and six.*.so
};

}  // namespace ballast
