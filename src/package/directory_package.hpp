#pragma once

#include <memory>
#include <string>

#include "base/fd.hpp"
#include "base/result.hpp"
#include "package/package.hpp"

namespace ballast {

// Lists the open directory `root` as a package; `name` is how the user named it. Permission bits are
// kept, set-gid and sticky bits of directories dropped: they have no meaning where a package goes.
// PackageLimits guard against hostile archives and do not apply to what lies unpacked already.
//
// Errors: usage for a socket, FIFO, device or set-uid or set-gid file, naming it, and for a path longer
// than any system call takes; permission. The readers that open() gives fail with corrupt when the
// file is not what was listed any more: another size, time of change or kind.
Result<std::unique_ptr<Package>> open_directory_package(Fd root, const std::string& name);

}  // namespace ballast
