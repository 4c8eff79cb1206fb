#pragma once

#include <string>

#include "base/file.hpp"
#include "base/result.hpp"

namespace ballast {

// Gives a finished temporary directory the name `path`, in the same directory, and syncs that. What was
// there before is exchanged in one step, so that at each moment one of the two is there whole, and then
// removed. REQUIRES: what lies at `path` may be replaced.
//
// Errors: on any, `path` is what it was, except when the old directory could not be removed, which the
// error says, or when the machine fails between the two steps that some file systems need.
Result<void> publish_directory(TemporaryDirectory temporary, const std::string& path);

// The way of file systems and kernels that cannot exchange two names: the old directory is moved aside,
// and back should the new one not take its place. Apart so that tests reach it.
// REQUIRES: a directory is at `path`.
Result<void> replace_directory_in_two_steps(TemporaryDirectory temporary, const std::string& path);

}  // namespace ballast
