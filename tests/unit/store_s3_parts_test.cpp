// The parts of the s3: store that need no server: addresses, profiles, answers, waiting.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <map>

#include "base/environment.hpp"
#include "base/file.hpp"
#include "store/s3/credential_sources.hpp"
#include "store/s3/listing.hpp"
#include "store/s3/location.hpp"
#include "store/s3/refusal.hpp"
#include "store/s3/retry.hpp"
#include "store/s3/tls.hpp"
#include "store/store.hpp"

namespace ballast {
namespace {

using testing::HasSubstr;
using testing::Not;

// A variable for the time of one test. None of AWS's own reach the tests.
class Environment {
  public:
    Environment() {
        for (const char* name :
             {"AWS_REGION", "AWS_DEFAULT_REGION", "AWS_ENDPOINT_URL", "AWS_ENDPOINT_URL_S3", "AWS_PROFILE",
              "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN", "AWS_CA_BUNDLE",
              "AWS_CONFIG_FILE", "AWS_SHARED_CREDENTIALS_FILE"})
            set(name, "");
    }
    ~Environment() {
        for (const auto& [name, value] : m_saved) ::setenv(name.c_str(), value.c_str(), 1);
    }
    void set(const char* name, const std::string& value) {
        m_saved.try_emplace(name, environment(name));
        ::setenv(name, value.c_str(), 1);
    }

  private:
    std::map<std::string, std::string> m_saved;
};

class S3Url : public testing::Test {
  protected:
    Environment m_environment;
    static S3Location parse(const std::string& url, const AwsProfile& profile = {}) {
        return parse_s3_url(url, profile).value();
    }
    static std::string fault(const std::string& url) {
        const auto location = parse_s3_url(url, {});
        if (location) return "none";
        EXPECT_EQ(location.error().code, ErrorCode::usage);
        return location.error().message;
    }
};

TEST_F(S3Url, OfAwsIsVirtualHostedInItsRegion) {
    const auto location = parse("s3://builds/ballast/prod?region=eu-west-1");
    EXPECT_EQ(location.server().url(), "https://builds.s3.eu-west-1.amazonaws.com");
    EXPECT_EQ(location.path_of("packs/ab"), "/ballast/prod/packs/ab");
    EXPECT_EQ(location.path_of(""), "/");
    EXPECT_EQ(location.shown("packs/ab"), "s3://builds/ballast/prod/packs/ab");
    EXPECT_EQ(parse("s3://builds?region=cn-north-1").server().url(),
              "https://builds.s3.cn-north-1.amazonaws.com.cn");
    EXPECT_EQ(parse("s3://builds").region, "us-east-1");
}

TEST_F(S3Url, WithDotsOrAnEndpointIsPathStyle) {
    const auto dotted = parse("s3://my.bucket/p?region=us-east-2");
    EXPECT_EQ(dotted.server().url(), "https://s3.us-east-2.amazonaws.com");
    EXPECT_EQ(dotted.path_of("k"), "/my.bucket/p/k");
    const auto own = parse("s3://bucket?endpoint=http%3A%2F%2F127.0.0.1%3A9000");
    EXPECT_EQ(own.server().url(), "http://127.0.0.1:9000");
    EXPECT_EQ(own.path_of(""), "/bucket");
    EXPECT_EQ(parse("s3://bucket?endpoint=http://localhost:9000&path_style=false").server().authority(),
              "bucket.localhost:9000");
}

TEST_F(S3Url, TakesWhatItLeavesOpenFromTheEnvironmentThenTheProfile) {
    const AwsProfile profile = {{"region", "ap-south-1"}, {"endpoint_url", "http://profile:1"}};
    EXPECT_EQ(parse("s3://bucket", profile).region, "ap-south-1");
    EXPECT_EQ(parse("s3://bucket", profile).endpoint.url(), "http://profile:1");
    m_environment.set("AWS_DEFAULT_REGION", "eu-north-1");
    m_environment.set("AWS_ENDPOINT_URL", "http://all:2");
    EXPECT_EQ(parse("s3://bucket", profile).region, "eu-north-1");
    EXPECT_EQ(parse("s3://bucket", profile).endpoint.url(), "http://all:2");
    m_environment.set("AWS_REGION", "eu-west-3");
    m_environment.set("AWS_ENDPOINT_URL_S3", "http://s3only:3");
    EXPECT_EQ(parse("s3://bucket", profile).region, "eu-west-3");
    EXPECT_EQ(parse("s3://bucket", profile).endpoint.url(), "http://s3only:3");
    EXPECT_EQ(parse("s3://bucket?region=sa-east-1&endpoint=http://url:4", profile).endpoint.url(),
              "http://url:4");
}

TEST_F(S3Url, ThatIsWrongIsRefused) {
    EXPECT_THAT(fault("s3://"), HasSubstr("is not a bucket's name"));
    EXPECT_THAT(fault("s3://a..b"), HasSubstr("is not a bucket's name"));
    EXPECT_THAT(fault("s3://bucket/../x"), HasSubstr("prefix is not clean"));
    EXPECT_THAT(fault("s3://bucket?regoin=x"), HasSubstr("'regoin' is not a parameter"));
    EXPECT_THAT(fault("s3://bucket?region=eu/west"), HasSubstr("is not a region's name"));
    EXPECT_THAT(fault("s3://bucket?endpoint=localhost:9000"), HasSubstr("not an http or https URL"));
    EXPECT_THAT(fault("s3://bucket?endpoint=http://host/path"), HasSubstr("more than a server"));
    EXPECT_THAT(fault("s3://bucket?endpoint=http://host:99999"), HasSubstr("no port"));
    EXPECT_THAT(fault("s3://bucket?path_style=maybe"), HasSubstr("path_style is 'maybe'"));
    EXPECT_THAT(fault("s3://bucket?connections=0"), HasSubstr("connections is '0'"));
    EXPECT_THAT(fault("s3://bucket?endpoint=%zz"), HasSubstr("broken %-escape"));
}

TEST_F(S3Url, NeverShowsASecret) {
    for (const char* url : {"s3://key:hidden@bucket/x", "s3://bucket?endpoint=http://key:hidden@host"}) {
        const auto location = parse_s3_url(url, {});
        ASSERT_FALSE(location);
        EXPECT_THAT(location.error().message, HasSubstr("credentials do not belong"));
        EXPECT_THAT(location.error().message, Not(HasSubstr("hidden")));
        EXPECT_THAT(location.error().object, Not(HasSubstr("hidden")));
    }
}

TEST(AwsFile, IsReadAsTheSdksDo) {
    const auto sections = parse_aws_file(
        "# comment\n[default]\nregion = eu-west-1 # where\naws_access_key_id=AKID\n\n"
        "[profile build]\n  region=us-east-2\ns3 =\n  addressing_style = path\n  endpoint_url = http://x:1\n"
        "output = json\nnot a setting\n[broken\nregion = lost\n");
    EXPECT_EQ(sections.at("default").at("region"), "eu-west-1");
    EXPECT_EQ(sections.at("default").at("aws_access_key_id"), "AKID");
    EXPECT_EQ(sections.at("profile build").at("region"), "us-east-2");
    EXPECT_EQ(sections.at("profile build").at("s3.addressing_style"), "path");
    EXPECT_EQ(sections.at("profile build").at("s3.endpoint_url"), "http://x:1");
    EXPECT_EQ(sections.at("profile build").at("output"), "json");
    EXPECT_EQ(sections.size(), 2U);
}

TEST(AwsProfileFiles, AreJoinedAndNamed) {
    Environment surroundings;
    const auto directory = TemporaryDirectory::create().value();
    const auto write = [&](const char* name, const std::string& text) {
        AtomicFile file = AtomicFile::create(directory.path() + "/" + name).value();
        ASSERT_TRUE(file.write(as_bytes(text)));
        ASSERT_TRUE(file.commit(AtomicFile::Existing::replace));
    };
    write("config",
          "[profile build]\nregion = eu-west-1\nservices = local\n[services local]\ns3 =\n  endpoint_url = "
          "http://x:1\n");
    write("credentials", "[build]\naws_access_key_id = AKID\naws_secret_access_key = SECRET\n");
    surroundings.set("AWS_CONFIG_FILE", directory.path() + "/config");
    surroundings.set("AWS_SHARED_CREDENTIALS_FILE", directory.path() + "/credentials");
    surroundings.set("AWS_PROFILE", "build");
    const AwsProfile profile = load_aws_profile().value();
    EXPECT_EQ(profile.at("region"), "eu-west-1");
    EXPECT_EQ(profile.at("s3.endpoint_url"), "http://x:1");
    EXPECT_EQ(credentials_from_profile(profile).value()->credentials.access_key_id, "AKID");
    surroundings.set("AWS_PROFILE", "other");
    EXPECT_EQ(load_aws_profile().error().message, "there is no profile 'other'");
}

TEST(CredentialSources, RefuseHalves) {
    Environment surroundings;
    EXPECT_FALSE(credentials_from_environment().value());
    surroundings.set("AWS_ACCESS_KEY_ID", "AKID");
    EXPECT_EQ(credentials_from_environment().error().object, "AWS_SECRET_ACCESS_KEY");
    EXPECT_THAT(credentials_from_profile({{"sso_session", "x"}}).error().message, HasSubstr("sso_session"));
    EXPECT_FALSE(credentials_from_profile({}).value());
}

TEST(CredentialSources, ReadTheJsonOfContainers) {
    const auto found = parse_credentials_json(
        R"({"AccessKeyId":"A","SecretAccessKey":"S","Token":"T","Expiration":"2026-11-23T10:00:00Z"})", "x");
    EXPECT_EQ(found.value().credentials.session_token, "T");
    EXPECT_EQ(found.value().expires, parse_iso_time("2026-11-23T10:00:00Z"));
    for (const char* bad :
         {"", "[]", "{}", "null", R"({"AccessKeyId":"A"})", R"({"AccessKeyId":1,"SecretAccessKey":2})",
          R"({"AccessKeyId":"A\r\nX: y","SecretAccessKey":"S"})"}) {
        EXPECT_EQ(parse_credentials_json(bad, "x").error().code, ErrorCode::corrupt) << bad;
    }
}

Refusal refusal(unsigned status, const std::string& code, HttpFields headers = {}) {
    headers.emplace_back("Content-Type", "application/xml");
    const std::string body =
        code.empty() ? "" : "<Error><Code>" + code + "</Code><Message>words</Message></Error>";
    return read_refusal({.status = status, .headers = std::move(headers)}, body);
}

TEST(Refusals, KnowWhatIsWorthAnotherTry) {
    EXPECT_TRUE(refusal(503, "SlowDown").is_transient());
    EXPECT_TRUE(refusal(500, "InternalError").is_transient());
    EXPECT_TRUE(refusal(400, "RequestTimeout").is_transient());
    EXPECT_TRUE(refusal(503, "").is_transient());
    EXPECT_FALSE(refusal(403, "AccessDenied").is_transient());
    EXPECT_FALSE(refusal(404, "NoSuchKey").is_transient());
    EXPECT_TRUE(refusal(403, "RequestTimeTooSkewed").is_wrong_clock());
    EXPECT_TRUE(refusal(400, "ExpiredToken").is_expired_credential());
    EXPECT_EQ(refusal(503, "SlowDown", {{"Retry-After", "3"}}).retry_after, std::chrono::seconds(3));
    EXPECT_EQ(
        refusal(503, "SlowDown",
                {{"Retry-After", "Mon, 23 Nov 2026 10:00:09 GMT"}, {"Date", "Mon, 23 Nov 2026 10:00:02 GMT"}})
            .retry_after,
        std::chrono::seconds(7));
    EXPECT_EQ(refusal(301, "PermanentRedirect", {{"x-amz-bucket-region", "eu-west-1"}}).region, "eu-west-1");
}

TEST(Refusals, NameBucketKeyActionAndTheWayOut) {
    const Environment surroundings;
    const auto location = parse_s3_url("s3://bucket/prefix", {}).value();
    const S3Action action{"s3:GetObject", "packs/ab"};
    const Error denied = refusal_error(refusal(403, "AccessDenied"), location, action, Signed::yes);
    EXPECT_EQ(denied.code, ErrorCode::permission);
    EXPECT_EQ(denied.object, "s3://bucket/prefix/packs/ab");
    EXPECT_EQ(denied.message, "s3:GetObject: denied: words (AccessDenied)");
    EXPECT_EQ(denied.hint, "allow s3:GetObject on arn:aws:s3:::bucket/prefix/packs/ab");
    EXPECT_EQ(refusal_error(refusal(404, "NoSuchKey"), location, action, Signed::yes).code,
              ErrorCode::not_found);
    EXPECT_THAT(refusal_error(refusal(404, "NoSuchBucket"), location, action, Signed::yes).message,
                HasSubstr("there is no bucket 'bucket'"));
    EXPECT_THAT(refusal_error(refusal(403, "AccessDenied"), location, action, Signed::no).message,
                HasSubstr("no credentials were found"));
    const Error page = refusal_error(
        read_refusal({.status = 200, .headers = {{"content-type", "text/html"}}}, "<html></html>"), location,
        action, Signed::yes);
    EXPECT_EQ(page.code, ErrorCode::usage);
    EXPECT_THAT(page.message, HasSubstr("does not speak S3"));
}

TEST(Refusals, AnEmptyAnswerIsOnlyBelievedWhereS3GivesOne) {
    const Environment surroundings;
    const auto location = parse_s3_url("s3://bucket/prefix", {}).value();
    const S3Action action{"s3:GetObject", "packs/ab"};
    const auto code_of = [&](const HttpHead& head, AnswerTo kind) {
        return refusal_error(read_refusal(head, "", kind), location, action, Signed::yes).code;
    };
    EXPECT_EQ(code_of({.status = 404}, AnswerTo::head), ErrorCode::not_found);
    EXPECT_EQ(code_of({.status = 404}, AnswerTo::other), ErrorCode::usage);
    EXPECT_EQ(code_of({.status = 404, .headers = {{"x-amz-request-id", "1"}}}, AnswerTo::other),
              ErrorCode::not_found);
    EXPECT_EQ(code_of({.status = 503}, AnswerTo::other), ErrorCode::unavailable);
}

TEST(Listings, AreDecodedAndCutToTheStore) {
    const auto page = parse_listing(
        "<?xml version='1.0'?><ListBucketResult xmlns='http://s3.amazonaws.com/doc/2006-03-01/'>"
        "<Contents><Key>pre/versions/a%20b</Key><LastModified>2026-11-23T10:00:00.000Z</"
        "LastModified><Size>12</Size></Contents>"
        "<Contents><Key>pre/../climbs</Key><Size>1</Size></Contents>"
        "<Contents><Key>other/x</Key><Size>1</Size></Contents>"
        "<NextContinuationToken>more</NextContinuationToken></ListBucketResult>",
        "list", "pre/");
    ASSERT_TRUE(page);
    ASSERT_EQ(page->objects.size(), 1U);
    EXPECT_EQ(page->objects[0].key, "versions/a b");
    EXPECT_EQ(page->objects[0].bytes, 12U);
    EXPECT_EQ(page->objects[0].modified, parse_iso_time("2026-11-23T10:00:00Z"));
    EXPECT_EQ(page->next, "more");
    EXPECT_EQ(parse_listing("<a/>", "list", "").error().code, ErrorCode::usage);
    EXPECT_EQ(parse_listing("<ListBucketResult>", "list", "").error().code, ErrorCode::corrupt);
    EXPECT_EQ(parse_listing("<!DOCTYPE x [<!ENTITY a 'b'>]><ListBucketResult/>", "list", "").error().code,
              ErrorCode::corrupt);
}

TEST(Retries, EndAfterSoManyFailuresInARow) {
    RetryPolicy policy;
    policy.attempts = 3;
    policy.base = std::chrono::milliseconds(0);
    Retry retry(policy, {});
    EXPECT_TRUE(retry.wait());
    EXPECT_TRUE(retry.wait());
    retry.note_progress();
    EXPECT_TRUE(retry.wait());
    EXPECT_TRUE(retry.wait());
    EXPECT_FALSE(retry.wait());
    EXPECT_EQ(retry.attempts_made(), 6U);
}

TEST(Retries, PausesGrowAndAreDrawnEvenlyFromNothing) {
    using std::chrono::milliseconds;
    const RetryPolicy policy;
    std::minstd_rand random(7);
    constexpr int k_draws = 2000;
    for (const auto& [failures, most] : {std::pair(1U, 50), std::pair(2U, 100), std::pair(5U, 800),
                                         std::pair(8U, 5000), std::pair(40U, 5000)}) {
        std::int64_t sum = 0;
        milliseconds least = milliseconds::max();
        for (int i = 0; i < k_draws; ++i) {
            const auto pause = draw_pause(policy, failures, random);
            ASSERT_LE(pause, milliseconds(most));
            least = std::min(least, pause);
            sum += pause.count();
        }
        EXPECT_LE(least, milliseconds(most / 20)) << "full jitter starts at nothing";
        EXPECT_NEAR(static_cast<double>(sum) / k_draws, most / 2.0, most / 20.0);
    }
}

TEST(Retries, DoNotGoPastTheDeadline) {
    const auto now = CallLimits::Clock::now();
    Retry soon({}, {.deadline = now + std::chrono::milliseconds(100)});
    EXPECT_FALSE(soon.wait(std::chrono::seconds(5)));
    EXPECT_LT(CallLimits::Clock::now() - now, std::chrono::seconds(4)) << "without sleeping first";
    Retry never({}, {});
    EXPECT_FALSE(never.wait(std::chrono::hours(1))) << "a server that says 'in an hour' means no";
}

TEST(Trust, ComesFromAwsCaBundleWhenSet) {
    Environment surroundings;
    ASSERT_TRUE(Tls::open());
    surroundings.set("AWS_CA_BUNDLE", "/does/not/exist.pem");
    EXPECT_EQ(Tls::open().error().code, ErrorCode::usage);
    const auto directory = TemporaryDirectory::create().value();
    AtomicFile file = AtomicFile::create(directory.path() + "/empty.pem").value();
    ASSERT_TRUE(file.write(as_bytes("no certificate\n")));
    ASSERT_TRUE(file.commit(AtomicFile::Existing::replace));
    surroundings.set("AWS_CA_BUNDLE", directory.path() + "/empty.pem");
    EXPECT_EQ(Tls::open().error().message, "holds no certificate");
}

}  // namespace
}  // namespace ballast
