#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/mman.h>

#include "base/file.hpp"
#include "base/size.hpp"
#include "package/zip/zip_format.hpp"
#include "package/zip/zip_package.hpp"
#include "package/zip/zip_records.hpp"
#include "support/package_files.hpp"
#include "support/zip_builder.hpp"

namespace ballast {
namespace {

using support::bytes_of;
using support::describe;
using support::error_of;
using ::testing::ElementsAre;

ZipRecord record_of(const std::string& name, std::uint64_t bytes, std::uint64_t header_offset) {
    ZipRecord record;
    record.name = name;
    record.host = k_zip_host_unix;
    record.attributes = 0100644U << 16U;
    record.bytes = bytes;
    record.compressed_bytes = bytes;
    record.header_offset = header_offset;
    return record;
}

// Equal packages have made these bytes since zips were first written; they must not change.
TEST(ZipRecords, AreTheseBytes) {
    ZipRecord record = record_of("run", 0x0201, 0x0403);
    record.crc = 0x08070605;
    record.method = k_zip_deflated;
    record.flags = k_zip_flag_best_deflate;
    record.compressed_bytes = 0x0A09;
    const std::string sizes("\5\6\7\10\x09\x0A\0\0\1\2\0\0\3\0\0\0", 16);
    const std::string times("\0\0\x21\0", 4);
    EXPECT_EQ(zip_header(record), std::string("PK\3\4\x14\0\2\0\x08\0", 10) + times + sizes + "run");
    EXPECT_EQ(zip_directory_record(record), std::string("PK\1\2\x3F\3\x14\0\2\0\x08\0", 12) + times + sizes +
                                                std::string("\0\0\0\0\0\0\0\0\xA4\x81\3\4\0\0", 14) + "run");
    EXPECT_EQ(zip_directory_end(2, 0x0403, 0x0201),
              std::string("PK\5\6\0\0\0\0\2\0\2\0\1\2\0\0\3\4\0\0\0\0", 22));

    record.method = k_zip_stored;
    EXPECT_EQ(zip_header(record).substr(4, 2), std::string("\x0A\0", 2));
    record.name = "run/";
    EXPECT_EQ(zip_header(record).substr(4, 2), std::string("\x14\0", 2));
}

// Its place is taken before the file is compressed.
TEST(ZipRecords, AHeaderIsAsLongWhateverTheCompressedBytes) {
    const std::uint64_t largest_small = 4'293'656'963;
    for (const std::uint64_t bytes : {std::uint64_t{0}, largest_small, largest_small + 1, 5 * k_gib}) {
        ZipRecord record = record_of("a", bytes, 0);
        const std::size_t before = zip_header(record).size();
        EXPECT_EQ(before, bytes > largest_small ? 51U : 31U);
        for (const std::uint64_t compressed : {std::uint64_t{0}, std::uint64_t{k_in_zip64_32}, 5 * k_gib}) {
            record.compressed_bytes = compressed;
            EXPECT_EQ(zip_header(record).size(), before);
        }
    }
}

TEST(ZipRecords, TakeTheirZip64FormWhereANumberNeedsIt) {
    const ZipRecord large = record_of("large", 5 * k_gib, 0);
    ZipRecord after = record_of("after", 4, zip_header(large).size() + large.bytes);
    after.crc = support::crc32("text");
    const std::string last = zip_header(after) + "text";
    const std::string directory = zip_directory_record(large) + zip_directory_record(after);
    const std::uint64_t directory_offset = after.header_offset + last.size();

    Fd fd(::memfd_create("zip", MFD_CLOEXEC));  // the large file is a hole
    ASSERT_TRUE(pwrite_all(fd, as_bytes(zip_header(large)), 0, "zip"));
    ASSERT_TRUE(pwrite_all(fd, as_bytes(last), after.header_offset, "zip"));
    ASSERT_TRUE(pwrite_all(fd, as_bytes(directory + zip_directory_end(2, directory_offset, directory.size())),
                           directory_offset, "zip"));
    const auto package = open_zip_package(std::move(fd), "app.zip", {.max_unpacked_bytes = 6 * k_gib});
    ASSERT_TRUE(package) << error_of(package);
    EXPECT_THAT(describe(**package), ElementsAre("file 644 4 after", "file 644 5368709120 large"));
    EXPECT_EQ(bytes_of(**package, "after"), "text");
}

}  // namespace
}  // namespace ballast
