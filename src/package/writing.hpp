#pragma once

#include <cstddef>
#include <functional>
#include <span>
#include <string>

#include "base/result.hpp"
#include "format/entry.hpp"
#include "package/package_writer.hpp"

// What the writers of directories and of zips share.

namespace ballast {

// Whether the name asks for a zip: it ends in ".zip".
bool is_zip_name(const std::string& path);

// Errors: usage unless a package may appear at `path`, which a zip or a directory already there decides.
Result<void> check_replaceable(const std::string& path, Replace existing);

// Errors: corrupt unless `path` is relative and clean. Callers are trusted with it, but a path that
// climbs must never write outside of the package, whoever forgot to check it.
Result<void> check_entry_path(const std::string& path);

// Gives all that the reader has to `write`, piece by piece and no piece empty; see PackageWriter::add_file().
Result<void> copy_file(FileReader& reader, const Entry& entry,
                       const std::function<Result<void>(std::span<const std::byte>)>& write,
                       const std::string& shown);

}  // namespace ballast
