#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/size.hpp"
#include "package/zip/zip_format.hpp"
#include "package/zip/zip_package.hpp"
#include "support/package_files.hpp"
#include "support/zip_builder.hpp"

// Each way in which a zip can lie, and the words with which it is refused.

namespace ballast {
namespace {

using support::build_zip;
using support::deflate_stored;
using support::error_of;
using support::file_of;
using support::little_endian;
using support::ZipEnd;
using support::ZipEntry;

std::string refusal_of_bytes(const std::string& zip, const PackageLimits& limits = {}) {
    return error_of(open_zip_package(file_of(zip), "app.zip", limits));
}

std::string refusal(const std::vector<ZipEntry>& entries, const ZipEnd& end = {}) {
    return refusal_of_bytes(build_zip(entries, end));
}

// What reading the only entry fails with.
std::string reading_refusal(const ZipEntry& entry, std::size_t asked_bytes = 1000) {
    const auto package = open_zip_package(file_of(build_zip({entry})), "app.zip", {});
    if (!package) return "cannot be opened: " + error_of(package);
    const auto reader = (*package)->open(0);
    if (!reader) return error_of(reader);
    std::vector<std::byte> bytes(asked_bytes);
    std::uint64_t total = 0;
    for (;;) {
        const auto count = (*reader)->read(bytes);
        if (!count) return error_of(count);
        total += *count;
        EXPECT_LE(total, (*package)->entries()[0].size);
        if (*count < bytes.size()) return "";
    }
}

TEST(HostileZip, PathsThatAreNotRelativeAndCleanAreRefused) {
    EXPECT_EQ(refusal({{.name = "/etc/passwd"}}), "corrupt app.zip: /etc/passwd: the path is absolute");
    EXPECT_EQ(refusal({{.name = "../x"}}), "corrupt app.zip: ../x: the path climbs with '..'");
    EXPECT_EQ(refusal({{.name = "a/../../x"}}), "corrupt app.zip: a/../../x: the path climbs with '..'");
    EXPECT_EQ(refusal({{.name = "a/.."}}), "corrupt app.zip: a/..: the path climbs with '..'");
    EXPECT_EQ(refusal({{.name = "./a"}}), "corrupt app.zip: ./a: the path has a '.' component");
    EXPECT_EQ(refusal({{.name = "a//b"}}), "corrupt app.zip: a//b: the path has an empty component");
    EXPECT_EQ(refusal({{.name = "a//", .mode = 040755}}),
              "corrupt app.zip: a//: the path has an empty component");
    EXPECT_EQ(refusal({{.name = "/", .mode = 040755}}), "corrupt app.zip: /: the path is empty");
    EXPECT_EQ(refusal({{.name = ""}}), "corrupt app.zip: the path is empty");
    EXPECT_EQ(refusal({{.name = std::string("a\0b", 3)}}),
              "corrupt app.zip: a\\x00b: the path holds a NUL byte");
    const std::string component(256, 'n');
    EXPECT_EQ(refusal({{.name = component}}),
              "corrupt app.zip: " + component + ": a name is longer than 255 bytes");
    std::string path = "d";
    while (path.size() < 4096) path += "/d";
    EXPECT_EQ(refusal({{.name = path}}), "corrupt app.zip: " + path + ": the path is longer than 4095 bytes");
}

TEST(HostileZip, BackslashesFromWindowsAreRefused) {
    const std::string hint =
        " (hint: write it with a tool that separates names with '/', as the format demands)";
    for (const std::uint8_t host : {k_zip_host_dos, k_zip_host_windows, k_zip_host_vfat}) {
        EXPECT_EQ(refusal({{.name = "..\\..\\x", .host = host}}),
                  "corrupt app.zip: ..\\..\\x: has a backslash in a zip made on Windows" + hint);
    }
}

TEST(HostileZip, NamesThatAreThereTwiceAreRefused) {
    EXPECT_EQ(refusal({{.name = "a"}, {.name = "b"}, {.name = "a"}}), "corrupt app.zip: a: is there twice");
    EXPECT_EQ(refusal({{.name = "a"}, {.name = "a/", .mode = 040755}}), "corrupt app.zip: a: is there twice");
    EXPECT_EQ(refusal({{.name = "a/", .mode = 040755}, {.name = "a/", .mode = 040755}}),
              "corrupt app.zip: a: is there twice");
}

TEST(HostileZip, EntriesBelowWhatIsNoDirectoryAreRefused) {
    EXPECT_EQ(refusal({{.name = "a/b/c"}, {.name = "a"}}),
              "corrupt app.zip: a/b/c: lies below a, which is a file");
    // The classic: a symlink, then a file through it. Whether the symlink leads out does not matter.
    EXPECT_EQ(refusal({{.name = "a", .bytes = "b", .mode = 0120777}, {.name = "a/x"}, {.name = "b/"}}),
              "corrupt app.zip: b/: is a directory by its name or by its mode, and not by the other");
    EXPECT_EQ(refusal({{.name = "a", .bytes = "b", .mode = 0120777}, {.name = "a/x"}}),
              "corrupt app.zip: a/x: lies below a, which is a symlink");
}

TEST(HostileZip, SymlinksThatLeadOutAreRefused) {
    const auto link = [](std::string_view name, std::string_view target) {
        return ZipEntry{.name = std::string(name), .bytes = std::string(target), .mode = 0120777};
    };
    EXPECT_EQ(refusal({link("a", "/etc/passwd")}),
              "corrupt app.zip: a: is a symlink that leads out of the package, to '/etc/passwd'");
    EXPECT_EQ(refusal({link("d/a", "../../x")}),
              "corrupt app.zip: d/a: is a symlink that leads out of the package, to '../../x'");
    EXPECT_EQ(refusal({link("a", "")}),
              "corrupt app.zip: a: is a symlink that leads out of the package, to ''");
    EXPECT_EQ(refusal({link("a", std::string_view("b\0/../..", 8))}),
              "corrupt app.zip: a: is a symlink that leads out of the package, to 'b\\x00/../..'");
    EXPECT_EQ(
        refusal({link("d/up", ".."), link("out", "d/up/../x")}),
        "corrupt app.zip: out: is a symlink to 'd/up/../x' that leads out of the package through others, or "
        "in circles");
    EXPECT_EQ(refusal({link("a", "a")}),
              "corrupt app.zip: a: is a symlink to 'a' that leads out of the package through others, or in "
              "circles");
    EXPECT_EQ(refusal({link("a", std::string(4096, 't'))}),
              "corrupt app.zip: a: is a symlink whose target is longer than 4095 bytes");
}

TEST(HostileZip, ModesOfWhatAPackageCannotHoldAreRefused) {
    const auto with_mode = [](std::uint32_t mode) { return refusal({{.name = "x", .mode = mode}}); };
    EXPECT_EQ(with_mode(0104755), "corrupt app.zip: x: is a set-uid file, which a package cannot hold");
    EXPECT_EQ(with_mode(0102755), "corrupt app.zip: x: is a set-gid file, which a package cannot hold");
    EXPECT_EQ(with_mode(04755), "corrupt app.zip: x: is a set-uid file, which a package cannot hold");
    EXPECT_EQ(with_mode(0140755), "corrupt app.zip: x: is a socket, which a package cannot hold");
    EXPECT_EQ(with_mode(0010644), "corrupt app.zip: x: is a FIFO, which a package cannot hold");
    EXPECT_EQ(with_mode(0020666), "corrupt app.zip: x: is a device, which a package cannot hold");
    EXPECT_EQ(with_mode(0060666), "corrupt app.zip: x: is a device, which a package cannot hold");
    EXPECT_EQ(with_mode(0170644), "corrupt app.zip: x: has a mode that means nothing");
    EXPECT_EQ(with_mode(0040755),
              "corrupt app.zip: x: is a directory by its name or by its mode, and not by the other");
    EXPECT_EQ(refusal({{.name = "d/", .bytes = "x", .mode = 040755}}),
              "corrupt app.zip: d/: is a directory that holds bytes of its own");
}

TEST(HostileZip, EncryptionAndOtherMethodsAreRefused) {
    const std::string encrypted = "corrupt app.zip: a: is encrypted (hint: write the zip without a password)";
    EXPECT_EQ(refusal({{.name = "a", .flags = 1}}), encrypted);
    EXPECT_EQ(refusal({{.name = "a", .flags = 1U << 6U}}), encrypted);
    EXPECT_EQ(refusal({{.name = "a", .flags = 1U << 13U}}), encrypted);
    const std::vector<std::pair<std::uint16_t, std::string>> methods = {
        {1, "method 1"},   {9, "Deflate64"}, {12, "bzip2"},    {14, "LZMA"},
        {93, "Zstandard"}, {95, "xz"},       {99, "method 99"}};
    for (const auto& [method, called] : methods) {
        EXPECT_EQ(refusal({{.name = "a", .method = method}}),
                  "corrupt app.zip: a: is compressed by " + called +
                      ", which is not supported (hint: write the zip with deflate, as 'zip -r' does)");
    }
}

TEST(HostileZip, SizesAndSumsThatTheBytesDoNotHoldAreRefused) {
    const std::string data = deflate_stored("hello");
    const ZipEntry honest = {.name = "a", .bytes = "hello", .method = 8, .data = data};
    EXPECT_EQ(reading_refusal(honest), "");

    ZipEntry entry = honest;
    entry.size = 4;
    EXPECT_EQ(reading_refusal(entry), "corrupt app.zip: a: holds more bytes than the directory says");
    EXPECT_EQ(reading_refusal(entry, 2), "corrupt app.zip: a: holds more bytes than the directory says");
    entry.size = 0;
    EXPECT_EQ(reading_refusal(entry), "corrupt app.zip: a: holds more bytes than the directory says");
    entry.size = 6;
    EXPECT_EQ(reading_refusal(entry), "corrupt app.zip: a: holds fewer bytes than the directory says");
    entry = honest;
    entry.crc = 1;
    EXPECT_EQ(reading_refusal(entry), "corrupt app.zip: a: its bytes do not match their CRC");
    entry = honest;
    entry.compressed_size = data.size() - 1;
    EXPECT_EQ(reading_refusal(entry), "corrupt app.zip: a: its compressed bytes are broken");
    entry = honest;
    entry.data = std::string("\7\7\7\7\7\7\7\7\7\7");
    EXPECT_EQ(reading_refusal(entry), "corrupt app.zip: a: its compressed bytes are broken");

    entry = {.name = "a", .bytes = "stored", .crc = 1};
    EXPECT_EQ(reading_refusal(entry), "corrupt app.zip: a: its bytes do not match their CRC");
    EXPECT_EQ(refusal({{.name = "a", .bytes = "stored", .size = 5}}),
              "corrupt app.zip: a: is stored as it is, but in another size than its own");
    // A symlink is read when the package is opened, and no other way.
    EXPECT_EQ(refusal({{.name = "a", .bytes = "b", .mode = 0120777, .crc = 1}}),
              "corrupt app.zip: a: its bytes do not match their CRC");
}

TEST(HostileZip, OverlappingEntriesAreRefused) {
    const std::string message = ": shares bytes of the archive with another entry";
    EXPECT_EQ(refusal({{.name = "a", .bytes = "x"}, {.name = "a", .offset = 0, .in_file = false}}),
              "corrupt app.zip: a" + message);
    // A quoted header: the second entry lies inside the first's bytes.
    const std::string inner = build_zip({{.name = "b", .bytes = "x"}}).substr(0, 32);
    EXPECT_EQ(
        refusal({{.name = "a", .bytes = inner}, {.name = "b", .bytes = "x", .offset = 31, .in_file = false}}),
        "corrupt app.zip: b" + message);
    EXPECT_EQ(refusal({{.name = "a", .bytes = "x", .size = 2, .compressed_size = 2}}),
              "corrupt app.zip: a: reaches into the directory, or past it");
}

TEST(HostileZip, HeadersThatSayOtherThanTheDirectoryAreRefused) {
    EXPECT_EQ(refusal({{.name = "a", .local_name = "b"}}),
              "corrupt app.zip: a: has another name in its own header than in the directory");
    EXPECT_EQ(refusal({{.name = "a", .local_name = "a/../../b"}}),
              "corrupt app.zip: a: has another name in its own header than in the directory");
    EXPECT_EQ(refusal({{.name = "a", .local_method = 8}}),
              "corrupt app.zip: a: is described in its own header otherwise than in the directory");
    EXPECT_EQ(refusal({{.name = "a", .local_flags = 1}}),
              "corrupt app.zip: a: is described in its own header otherwise than in the directory");
    const std::string elsewhere = "corrupt app.zip: a: does not lie where the directory says";
    EXPECT_EQ(refusal({{.name = "a", .bytes = "0123456789", .offset = 1}}), elsewhere);
    EXPECT_EQ(refusal({{.name = "a", .offset = 5000}}), elsewhere);
    EXPECT_EQ(refusal({{.name = "a", .offset = ~std::uint64_t{0}, .zip64 = true}}), elsewhere);
    EXPECT_EQ(refusal({{.name = "a", .bytes = "x", .compressed_size = ~std::uint64_t{0}, .zip64 = true}}),
              "corrupt app.zip: a: reaches into the directory, or past it");
    EXPECT_EQ(refusal({{.name = "a", .compressed_size = 1, .local_extra = "xy"}}),
              "corrupt app.zip: a: reaches into the directory, or past it");
}

TEST(HostileZip, CutOffAnywhereItIsRefused) {
    const std::string zip = build_zip({{.name = "a", .bytes = "hello"}, {.name = "b", .bytes = "world"}});
    for (std::size_t kept = 2; kept < zip.size(); ++kept) {
        EXPECT_THAT(refusal_of_bytes(zip.substr(0, kept)), ::testing::StartsWith("corrupt app.zip: "))
            << kept;
    }
    EXPECT_EQ(refusal_of_bytes(zip.substr(0, zip.size() - 1)),
              "corrupt app.zip: the directory at the end of the zip is missing "
              "(hint: the file may be cut off; copy or build it again)");
    EXPECT_THAT(refusal_of_bytes(zip + "x"),
                ::testing::StartsWith("corrupt app.zip: the directory at the end"));
    // Bytes missing in front, as a download that was taken up wrongly leaves them.
    EXPECT_EQ(refusal_of_bytes(zip.substr(10)),
              "corrupt app.zip: the directory is not where its end says "
              "(hint: the file may be cut off; copy or build it again)");
}

TEST(HostileZip, DirectoriesThatContradictThemselvesAreRefused) {
    const std::vector<ZipEntry> entries = {{.name = "a", .bytes = "x"}, {.name = "b", .bytes = "y"}};
    EXPECT_EQ(refusal(entries, {.entries = 1}),
              "corrupt app.zip: the directory holds more than the entries that it counts");
    EXPECT_EQ(refusal(entries, {.entries = 3}),
              "corrupt app.zip: the directory is too small for the entries that it should have");
    EXPECT_EQ(refusal({{.name = "a",
                        .extra = little_endian(0x6565, 2) + little_endian(96, 2) + std::string(96, 'e')}},
                      {.entries = 2}),
              "corrupt app.zip: the directory ends in the middle of an entry");
    EXPECT_EQ(refusal(entries, {.directory_bytes = 60}),
              "corrupt app.zip: the directory is too small for the entries that it should have");
    EXPECT_EQ(refusal(entries, {.directory_bytes = 93}),
              "corrupt app.zip: the directory ends in the middle of an entry");
    EXPECT_EQ(refusal(entries, {.directory_offset = 1}),
              "corrupt app.zip: the directory holds something that is not an entry");
    EXPECT_EQ(refusal(entries, {.disk = 1}),
              "corrupt app.zip: is a part of a zip that is split over several files");
    EXPECT_EQ(refusal({{.name = "a", .disk = 1}}), "corrupt app.zip: a: lies in another part of a split zip");
}

// Two archives in one file, the second in the first's comment: each reader finds another of them.
TEST(HostileZip, DirectoriesThatReadersDisagreeOnAreRefused) {
    const ZipEntry shown = {.name = "harmless", .bytes = "x"};
    ZipEntry hidden = {.name = "evil", .bytes = "y"};
    const auto start = static_cast<std::uint32_t>(build_zip({shown}).size());
    const auto header_bytes = static_cast<std::uint32_t>(30 + hidden.name.size() + hidden.bytes.size());
    hidden.offset = start;
    const std::string second = build_zip({hidden}, {.directory_offset = start + header_bytes});
    EXPECT_EQ(refusal({shown}, {.comment = second}),
              "corrupt app.zip: the directory can be read in two ways");
    // Readers that look for the last signature alone take the comment for the end of the directory.
    EXPECT_EQ(refusal({shown}, {.comment = "PK\5\6" + std::string(40, 'c')}),
              "corrupt app.zip: the directory can be read in two ways");
}

TEST(HostileZip, Zip64ThatContradictsItselfIsRefused) {
    const std::vector<ZipEntry> entries = {{.name = "a", .bytes = "x"}};
    EXPECT_EQ(refusal(entries, {.entries = 2, .zip64 = true}),
              "corrupt app.zip: the end of the directory and its zip64 form contradict each other");
    EXPECT_EQ(refusal(entries, {.directory_offset = 7, .zip64 = true}),
              "corrupt app.zip: the end of the directory and its zip64 form contradict each other");
    EXPECT_EQ(refusal(entries, {.zip64 = true, .zip64_record_offset = 0}),
              "corrupt app.zip: the zip64 end of the directory is not where its locator says");
    EXPECT_EQ(refusal(entries, {.zip64 = true, .zip64_record_offset = ~std::uint64_t{0}}),
              "corrupt app.zip: the zip64 end of the directory is not where its locator says");
    EXPECT_EQ(
        refusal(entries, {.directory_offset = 0xFFFFFFFF, .zip64 = true, .zip64_offset = ~std::uint64_t{0}}),
        "corrupt app.zip: the directory is not where its end says "
        "(hint: the file may be cut off; copy or build it again)");
    EXPECT_EQ(refusal(entries, {.entries = 0xFFFF, .zip64 = true, .zip64_entries = 1'000'001}),
              "corrupt app.zip: has 1,000,001 entries, more than the 1,000,000 that are allowed");
    EXPECT_EQ(refusal({{.name = "a", .size = 0xFFFFFFFF}}),
              "corrupt app.zip: a: the zip64 sizes are missing or cut off");
    EXPECT_EQ(refusal({{.name = "a", .size = 0xFFFFFFFF, .extra = std::string("\1\0\4\0abcd", 8)}}),
              "corrupt app.zip: a: the zip64 sizes are missing or cut off");
    EXPECT_EQ(refusal({{.name = "a", .size = 0xFFFFFFFF, .extra = std::string("\1\0\377\0abcd", 8)}}),
              "corrupt app.zip: a: the zip64 sizes are missing or cut off");
}

TEST(HostileZip, BombsAreRefused) {
    EXPECT_EQ(
        refusal({{.name = "zeros", .method = 8, .data = std::string(1000, 'x'), .size = 1032 * 1000 + 1}}),
        "corrupt app.zip: zeros: claims 1,032,001 bytes out of 1,000, more than deflate can hold: a zip "
        "bomb");
    EXPECT_EQ(refusal({{.name = "max", .method = 8, .data = "x", .size = ~std::uint64_t{0}, .zip64 = true}}),
              "corrupt app.zip: max: claims 18,446,744,073,709,551,615 bytes out of 1, more than deflate can "
              "hold: a "
              "zip bomb");

    const ZipEntry packed = {.name = "a", .method = 8, .data = std::string(k_mib, 'x'), .size = 150 * k_mib};
    ZipEntry dense = packed;
    dense.name = "dense";
    dense.size = 300 * k_mib;
    EXPECT_EQ(
        refusal({packed, dense}),
        "corrupt app.zip: dense: is the largest of entries that unpack from 2.0 MB to 450 MB: a zip bomb");
    EXPECT_EQ(refusal({packed}), "");

    ZipEntry other = packed;
    other.name = "b";
    EXPECT_EQ(refusal_of_bytes(build_zip({packed, other}), {.max_unpacked_bytes = 299 * k_mib}),
              "corrupt app.zip: b: with it the zip unpacks to more than 299 MB, which is not allowed");
    EXPECT_EQ(refusal_of_bytes(build_zip({packed, other}), {.max_unpacked_bytes = 300 * k_mib}), "");
}

TEST(HostileZip, MoreEntriesThanAllowedAreRefused) {
    const std::vector<ZipEntry> entries = {{.name = "a"}, {.name = "b"}, {.name = "c"}};
    EXPECT_EQ(refusal_of_bytes(build_zip(entries), {.max_entries = 3}), "");
    EXPECT_EQ(refusal_of_bytes(build_zip(entries), {.max_entries = 2}),
              "corrupt app.zip: has 3 entries, more than the 2 that are allowed");
    // Directories that only paths show are entries too.
    EXPECT_EQ(refusal_of_bytes(build_zip({{.name = "a/b/c/d"}}), {.max_entries = 3}),
              "corrupt app.zip: a/b/c/d: with it the zip has more, or longer, paths than are allowed");
    // Two thousand chains of two thousand directories: 8 GB of paths out of 8 MB.
    std::string path = "dir/";
    while (path.size() < 4090) path += "d/";
    std::vector<ZipEntry> chains;
    for (int i = 0; i < 2000; ++i)
        chains.push_back({.name = std::to_string(1000 + i) + path.substr(4) + "f"});
    EXPECT_THAT(refusal(chains),
                ::testing::HasSubstr("with it the zip has more, or longer, paths than are allowed"));
}

// Info-ZIP's extra field with the name once more.
std::string unicode_path(const std::string& name) {
    return little_endian(0x7075, 2) + little_endian(5 + name.size(), 2) + '\1' + little_endian(0, 4) + name;
}

TEST(HostileZip, RefusesANameThatIsAnotherInItsExtraField) {
    EXPECT_EQ(refusal({{.name = "a", .extra = unicode_path("b")}}),
              "corrupt app.zip: a: its name can be read in two ways");
    EXPECT_EQ(refusal({{.name = "a", .extra = unicode_path("a")}}), "");
}

TEST(HostileZip, RefusesAnExtraFieldThatIsCutOff) {
    EXPECT_EQ(refusal({{.name = "a", .extra = little_endian(0x5455, 2) + little_endian(9, 2) + "short"}}),
              "corrupt app.zip: a: an extra field is cut off");
    EXPECT_EQ(refusal({{.name = "a", .extra = "x"}}), "corrupt app.zip: a: an extra field is cut off");
    EXPECT_EQ(refusal({{.name = "a", .extra = std::string(3, '\0')}}), "") << "padding of some tools";
}

}  // namespace
}  // namespace ballast
