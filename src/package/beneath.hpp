#pragma once

#include <string>
#include <string_view>

#include "base/fd.hpp"

namespace ballast {

// Opens `path` ("" for the directory itself) below the open directory `root_fd`. A symlink is not
// followed, neither on the way nor at the end, so that what was listed is what is opened, whatever
// was moved in between. `flags` as for open(2); O_CLOEXEC and O_NOFOLLOW are added.
// REQUIRES: relative_path_fault(path) is empty, or path is. On failure the Fd is empty and errno set.
Fd open_beneath(int root_fd, const std::string& path, int flags);

// The same, one openat(2) a component: what open_beneath() does where openat2(2) is missing (kernels
// before 5.6) or forbidden (older container sandboxes). Two to three times slower; apart so that tests reach
// it.
Fd open_beneath_by_components(int root_fd, std::string_view path, int flags);

}  // namespace ballast
