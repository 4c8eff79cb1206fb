#pragma once

#include <string>

#include "base/fd.hpp"
#include "base/result.hpp"

namespace ballast {

// Opens the directory where contexts hydrate. It must be ours alone: a directory, not a symlink,
// owned by this user or root, writable by nobody else; no directory above it may be a symlink that
// another user planted. /tmp is shared, and a user that could write here could choose what runs.
// Errors: not_found when it is absent and `create` is no; permission when it cannot be trusted,
// naming the path and its owner.
enum class CreateRoot : std::uint8_t { no, yes };
Result<Fd> open_root(const std::string& path, CreateRoot create);

// Opens the directory `name` below `parent`, never through a symlink. `name_in_errors` names it in errors.
// Errors: corrupt when something else than a directory stands there; see fail_errno.
Result<Fd> open_directory_at(int parent, const std::string& name, std::string_view name_in_errors);

// The same, made with mode 0700 where it is absent.
Result<Fd> make_directory_at(int parent, const std::string& name, std::string_view name_in_errors);

}  // namespace ballast
