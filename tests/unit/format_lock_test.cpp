#include "format/lock.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "format/keys.hpp"
#include "format/version.hpp"

namespace ballast {
namespace {

using testing::HasSubstr;

Lock sample() {
    Lock lock;
    lock.name = "rendering";
    lock.version = "1f2e3d";
    lock.tree_bytes = 253'115'688;
    lock.manifest_bytes = 190'000;
    lock.store = "file:///srv/ballast";
    lock.root = "/tmp/ballast";
    lock.path = {"usr/bin"};
    lock.library_path = {".", "usr/lib"};
    lock.env = {{"GS_LIB", "{tree}/usr/share/ghostscript"}};
    return lock;
}

std::string replaced(std::string text, const std::string& from, const std::string& to) {
    const auto at = text.find(from);
    EXPECT_NE(at, std::string::npos) << from;
    return text.replace(at, from.size(), to);
}

void expect_corrupt(const std::string& text, const std::string& message) {
    const auto result = parse_lock(text, "ballast.lock");
    ASSERT_FALSE(result) << message;
    EXPECT_EQ(result.error().code, ErrorCode::corrupt);
    EXPECT_THAT(result.error().message, HasSubstr(message));
}

TEST(Lock, ReadsBackWhatWasWritten) {
    const auto lock = parse_lock(write_lock(sample()), "ballast.lock").value();
    EXPECT_EQ(write_lock(lock), write_lock(sample()));
    EXPECT_EQ(lock.env.at("GS_LIB"), "{tree}/usr/share/ghostscript");
}

TEST(Lock, RefusesWhatItCannotBelieve) {
    const std::string good = write_lock(sample());
    expect_corrupt("", "not a JSON object");
    expect_corrupt("[]", "not a JSON object");
    expect_corrupt(std::string(100, '['), "nested too deeply");
    expect_corrupt(replaced(good, "\"ballast\": 1", "\"ballast\": 2"), "lock format 2 is not known");
    expect_corrupt(replaced(good, "\"name\": \"rendering\"", "\"name\": 5"),
                   "field 'name': missing, or not a text");
    expect_corrupt(replaced(good, "\"name\": \"rendering\"", "\"name\": \"../x\""),
                   "field 'name': not a name");
    expect_corrupt(replaced(good, "\"tree\": \"00", "\"tree\": \"0g"), "field 'tree': not a SHA-256 digest");
    expect_corrupt(replaced(good, "/tmp/ballast", "tmp"), "field 'root': not an absolute path");
    expect_corrupt(replaced(good, "usr/bin", "../bin"), "field 'path': the path climbs");
    expect_corrupt(replaced(good, "usr/bin", "a:b"), "holds ':'");
    expect_corrupt(replaced(good, "GS_LIB", "A=B"), "a variable that cannot be set");
    expect_corrupt(replaced(good, "{\n", "{\n\"later\": 1,"), "field 'later': not known");
    expect_corrupt(replaced(good, "253115688", "-1"), "field 'tree_bytes'");
}

TEST(Lock, SaysWhatAStartHydrates) {
    const std::string whole = write_lock(sample());
    EXPECT_THAT(whole, testing::Not(HasSubstr("groups")));
    EXPECT_THAT(parse_lock(whole, "ballast.lock")->groups, testing::IsEmpty());

    Lock lock = sample();
    lock.groups = {"pdf", "fonts"};
    const std::string text = write_lock(lock);
    const auto read = parse_lock(text, "ballast.lock").value();
    EXPECT_EQ(read.groups, lock.groups);

    expect_corrupt(replaced(text, "{\n", "{\n\"mode\": \"on-demand\","), "field 'mode': not known");
    expect_corrupt(replaced(text, "\"pdf\"", "\"../x\""), "field 'groups': holds what is not a group's name");
    expect_corrupt(replaced(whole, "{\n", "{\n\"groups\": [],"), "field 'groups': names none");
}

TEST(Version, ReadsBackWhatWasWritten) {
    const Version version{"rendering", "v1", {}, 5, {}, 6, "2026-11-23T10:00:00Z"};
    const auto read = parse_version(write_version(version), "v").value();
    EXPECT_EQ(read.version, "v1");
    EXPECT_EQ(read.created, "2026-11-23T10:00:00Z");
    EXPECT_EQ(parse_version("{}", "v").error().code, ErrorCode::corrupt);
}

TEST(Keys, NamesAreSafeInPaths) {
    EXPECT_TRUE(is_version_name("1.4.2-rc+1_x"));
    for (const char* bad : {"", ".", "..", "a/b", "-x", "a b", "a~1", "\xC3\xA9"})
        EXPECT_FALSE(is_version_name(bad)) << bad;
    EXPECT_FALSE(is_version_name(std::string(129, 'a')));
}

}  // namespace
}  // namespace ballast
