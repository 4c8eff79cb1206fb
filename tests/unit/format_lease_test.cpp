#include "format/lease.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/duration.hpp"
#include "format/keys.hpp"
#include "format/removal_mark.hpp"
#include "format/utc_time.hpp"
#include "format/version.hpp"

namespace ballast {
namespace {

using testing::HasSubstr;

const Digest k_digest = sha256({});

std::string replaced(std::string text, const std::string& from, const std::string& to) {
    const auto at = text.find(from);
    EXPECT_NE(at, std::string::npos) << from;
    return text.replace(at, from.size(), to);
}

template <typename T>
void expect_corrupt(const Result<T>& result, const std::string& message) {
    ASSERT_FALSE(result) << message;
    EXPECT_EQ(result.error().code, ErrorCode::corrupt);
    EXPECT_THAT(result.error().message, HasSubstr(message));
}

TEST(Lease, IsReadAsWrittenAndCheckedFieldByField) {
    const std::string good = write_lease({"app", "v1", k_digest, {k_digest}, "2026-11-23T10:00:00Z"});
    const auto lease = parse_lease(good, "lease").value();
    EXPECT_EQ(write_lease(lease), good);
    const auto corrupt = [&](const std::string& from, const std::string& to, const std::string& message) {
        expect_corrupt(parse_lease(replaced(good, from, to), "lease"), message);
    };
    corrupt("\"ballast\": 1", "\"ballast\": 2", "lease format 2 is not known");
    corrupt("\"app\"", "\"../x\"", "field 'name': not a name");
    corrupt("\"v1\"", "\"\"", "field 'version': not a version's name");
    corrupt("e3b0", "E3B0", "field 'manifest': not a SHA-256 digest");
    corrupt("2026-11-23", "2026-13-23", "field 'created': not a time in UTC");
    corrupt("\"created\"", "\"more\": 1, \"created\"", "field 'more': not known");
    Lease large{"app", "v1", k_digest, std::vector<Digest>(k_max_lease_packs), "2026-11-23T10:00:00Z"};
    const std::string largest = write_lease(large);
    EXPECT_LT(largest.size(), k_max_lease_bytes) << "what may be written can be read";
    EXPECT_TRUE(parse_lease(largest, "lease"));
    large.packs.emplace_back();
    expect_corrupt(parse_lease(write_lease(large), "lease"), "field 'packs': more than a lease may name");
}

TEST(RemovalMark, IsReadAsWrittenAndCheckedFieldByField) {
    const std::string good =
        write_removal_mark({{{"app", "v1"}}, {k_digest}, {k_digest}, "2026-11-23T10:00:00Z"});
    EXPECT_EQ(write_removal_mark(parse_removal_mark(good, "mark").value()), good);
    const auto corrupt = [&](const std::string& from, const std::string& to, const std::string& message) {
        expect_corrupt(parse_removal_mark(replaced(good, from, to), "mark"), message);
    };
    corrupt("\"ballast\": 1", "\"ballast\": 2", "mark format 2 is not known");
    for (const char* wrong : {"\"app\"", "\"app/\"", "\"/v1\"", "\"app/v1/x\"", "\"../v1\""})
        corrupt("\"app/v1\"", wrong, "field 'versions': not a name and a version");
    corrupt("\"packs\"", "\"pack\"", "field 'packs': missing");
    corrupt("10:00:00Z", "10:00:60Z", "field 'created': not a time in UTC");
    const std::string longest(128, 'x');
    const RemovalMark largest{
        std::vector<VersionName>(k_max_mark_objects, {longest, longest}), {}, {}, "2026-11-23T10:00:00Z"};
    EXPECT_LT(write_removal_mark(largest).size(), k_max_mark_bytes) << "what may be written can be read";
}

TEST(UtcTime, SortsAsItsTextAndRefusesWhatIsNoTime) {
    const auto time = parse_utc("2026-11-23T10:00:01Z");
    ASSERT_TRUE(time);
    EXPECT_EQ(write_utc(*time), "2026-11-23T10:00:01Z");
    EXPECT_EQ(write_utc({}), "1970-01-01T00:00:00Z");
    EXPECT_TRUE(parse_utc("2024-02-29T23:59:59Z"));
    for (const char* wrong :
         {"", "2026-11-23", "2026-11-23T10:00:01", "2026-11-23 10:00:01Z", "2026-02-29T00:00:00Z",
          "2026-11-23T24:00:00Z", "2026-11-23T10:00:-1Z", "+026-11-23T10:00:01Z"}) {
        EXPECT_FALSE(parse_utc(wrong)) << wrong;
    }
    EXPECT_TRUE(parse_utc(utc_now()));
}

TEST(Keys, OnlyADigestNamesAPack) {
    EXPECT_EQ(digest_of_key("packs/", pack_key(k_digest)), k_digest);
    for (const std::string key : {"packs/", "packs/README", "packs/x/y", "manifests/"})
        EXPECT_FALSE(digest_of_key("packs/", key)) << key;
    EXPECT_FALSE(digest_of_key("packs/", pack_key(k_digest) + "0"));
}

TEST(Version, HasADateThatIsOne) {
    Version version{"app", "v1", {}, 0, {}, 0, "2026-11-23T10:00:00Z"};
    EXPECT_TRUE(parse_version(write_version(version), "version"));
    version.created = "yesterday";
    expect_corrupt(parse_version(write_version(version), "version"), "field 'created': not a time in UTC");
}

}  // namespace
}  // namespace ballast
