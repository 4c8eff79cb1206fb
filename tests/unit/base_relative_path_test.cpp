#include "base/relative_path.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

namespace ballast {
namespace {

using namespace std::string_view_literals;

TEST(RelativePath, AcceptsWhatTreesHold) {
    for (const auto path : {"a"sv, "usr/bin/gs"sv, "..."sv, "..a/b.."sv, ".hidden/.x"sv, "with space/tab\t"sv,
                            "not\xFFutf8"sv, "back\\slash"sv}) {
        EXPECT_EQ(relative_path_fault(path), "") << path;
    }
    EXPECT_EQ(relative_path_fault(std::string(255, 'n')), "");
}

TEST(RelativePath, RefusesWhatLeavesTheTreeOrIsAmbiguous) {
    EXPECT_EQ(relative_path_fault(""), "the path is empty");
    EXPECT_EQ(relative_path_fault("/etc/passwd"), "the path is absolute");
    EXPECT_EQ(relative_path_fault("a/../b"), "the path climbs with '..'");
    EXPECT_EQ(relative_path_fault(".."), "the path climbs with '..'");
    EXPECT_EQ(relative_path_fault("a/.."), "the path climbs with '..'");
    EXPECT_EQ(relative_path_fault("./a"), "the path has a '.' component");
    EXPECT_EQ(relative_path_fault("a//b"), "the path has an empty component");
    EXPECT_EQ(relative_path_fault("a/"), "the path has an empty component");
    EXPECT_EQ(relative_path_fault("a\0b"sv), "the path holds a NUL byte");
    EXPECT_EQ(relative_path_fault(std::string(256, 'n')), "a name is longer than 255 bytes");
    std::string deep = "a";
    while (deep.size() <= k_max_path_bytes) deep += "/a";
    EXPECT_EQ(relative_path_fault(deep), "the path is longer than 4095 bytes");
}

TEST(LinkStaysInside, FollowsTheTextOfTheTarget) {
    EXPECT_TRUE(link_stays_inside("lib/libz.so", "libz.so.1"));
    EXPECT_TRUE(link_stays_inside("usr/bin/gs", "../lib/gs"));
    EXPECT_TRUE(link_stays_inside("a/b", "./../a/./c"));
    EXPECT_TRUE(link_stays_inside("a/b", "..")) << "the top itself is inside";
    EXPECT_FALSE(link_stays_inside("a", ".."));
    EXPECT_FALSE(link_stays_inside("a/b", "../../etc/passwd"));
    EXPECT_FALSE(link_stays_inside("a/b", "c/../../../a")) << "it leaves on the way, though it comes back";
    EXPECT_FALSE(link_stays_inside("a", "/etc/passwd"));
    EXPECT_FALSE(link_stays_inside("a", ""));
    EXPECT_FALSE(link_stays_inside("a", "b\0c"sv));
}

TEST(LinkDestination, NamesWhatTheLinkLeadsTo) {
    EXPECT_EQ(link_destination("lib/libz.so", "libz.so.1"), "lib/libz.so.1");
    EXPECT_EQ(link_destination("usr/bin/gs", "../lib/./gs"), "usr/lib/gs");
    EXPECT_EQ(link_destination("a/b", ".."), "");
    EXPECT_EQ(link_destination("top", "a//b/"), "a/b");
}

TEST(PathOrder, PutsADirectoryDirectlyBeforeAllBelowIt) {
    std::vector<std::string> paths = {"a.txt", "a/b", "a", "a-b", "a/b/c", "a b", "B", "a/b.c", "ab"};
    std::sort(paths.begin(), paths.end(), path_before);
    EXPECT_THAT(paths, testing::ElementsAre("B", "a", "a/b", "a/b/c", "a/b.c", "a b", "a-b", "a.txt", "ab"));
}

TEST(PathOrder, IsAStrictOrderOfBytes) {
    EXPECT_FALSE(path_before("a", "a"));
    EXPECT_TRUE(path_before("a/\x01", "a\x01"));
    EXPECT_TRUE(path_before("z", "\xC3\xA4")) << "bytes count as unsigned";
}

TEST(PathParts, AreThoseOfTheLastComponent) {
    EXPECT_EQ(parent_path("usr/lib/a.so"), "usr/lib");
    EXPECT_EQ(parent_path("a"), "");
    EXPECT_EQ(file_name("usr/lib/a.so"), "a.so");
    EXPECT_EQ(file_name("a"), "a");
    EXPECT_EQ(extension("lib.d/a.tar.gz"), ".gz");
    EXPECT_EQ(extension("lib.d/a"), "");
    EXPECT_EQ(extension("home/.bashrc"), "");
    EXPECT_THAT(split_components("usr/lib/a"), testing::ElementsAre("usr", "lib", "a"));
    EXPECT_THAT(split_components(""), testing::IsEmpty());
}

TEST(Printable, KeepsTextAndShowsTheRestAsBytes) {
    EXPECT_EQ(printable("usr/share/K\xC3\xB6ln \xE6\x97\xA5.txt"), "usr/share/K\xC3\xB6ln \xE6\x97\xA5.txt");
    EXPECT_EQ(printable("a\nb\x1B[2J\x7F"), "a\\x0ab\\x1b[2J\\x7f");
    EXPECT_EQ(printable("latin1 \xE9t\xE9"), "latin1 \\xe9t\\xe9");
    EXPECT_EQ(printable("cut \xE6\x97"), "cut \\xe6\\x97");
    EXPECT_EQ(printable("overlong \xC0\xAF, surrogate \xED\xA0\x80"),
              "overlong \\xc0\\xaf, surrogate \\xed\\xa0\\x80");
}

// A terminal that understands C1 controls takes U+009B for the start of an escape sequence, and the
// override marks show "gpj.exe" as "exe.jpg".
TEST(Printable, LetsNoControlCharacterOfUnicodeThrough) {
    EXPECT_EQ(printable("a\xC2\x9B[2Jb"), "a\\xc2\\x9b[2Jb");
    EXPECT_EQ(printable("photo\xE2\x80\xAEgpj.exe"), "photo\\xe2\\x80\\xaegpj.exe");
    EXPECT_EQ(printable("line\xE2\x80\xA8separator"), "line\\xe2\\x80\\xa8separator");
}

}  // namespace
}  // namespace ballast
