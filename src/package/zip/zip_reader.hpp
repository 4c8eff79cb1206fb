#pragma once

#include <memory>
#include <string>

#include "base/fd.hpp"
#include "base/result.hpp"
#include "package/package.hpp"
#include "package/zip/zip_directory.hpp"

namespace ballast {

// Reads the stored or deflated entry `record` of the zip open as `fd`. Thread-safe; the readers are
// independent. All three arguments must outlive the reader.
// REQUIRES: the record passed locate_zip_entries() and make_zip_tree().
//
// The reader never gives more bytes than the record's size, and fails with corrupt, before it gives the last
// of them, when the entry holds more or fewer or does not match its CRC.
Result<std::unique_ptr<FileReader>> open_zip_entry(const Fd& fd, const ZipRecord& record,
                                                   const std::string& archive);

}  // namespace ballast
