// Signature Version 4: against signatures that botocore made for requests of our own, and, where
// BALLAST_SIGV4_SUITE names its directory, against every case of AWS's suite
// (github.com/awslabs/aws-c-auth, tests/aws-signing-test-suite/v4).

#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <sstream>

#include "base/file.hpp"
#include "store/s3/refusal.hpp"
#include "store/s3/sigv4.hpp"

namespace ballast {
namespace {

namespace fs = std::filesystem;

const Credentials k_example{"AKIDEXAMPLE", "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY"};
constexpr std::chrono::sys_seconds k_when{std::chrono::seconds(1'700'000'000)};  // 2023-11-14T22:13:20Z

std::string signature_of(HttpRequest request, const Credentials& credentials = k_example) {
    const std::string host = "bucket.s3.eu-west-1.amazonaws.com";
    sign_for_s3(request, host, sha256(request.body), credentials, {"eu-west-1"}, k_when);
    const std::string& authorization = request.headers.back().second;
    return authorization.substr(authorization.find("Signature=") + 10);
}

TEST(SigV4, AgreesWithBotocore) {
    EXPECT_EQ(signature_of({.path = "/packs/0123abcd"}),
              "c4cfd30e4fe4bac4498fbac21dd0f64706ce3c4f8df923f7483c96211b6553a3")
        << "a plain key";
    EXPECT_EQ(signature_of({.path = "/packs/0123abcd", .headers = {{"Range", "bytes=16-4194303"}}}),
              "2f3aae113c44a5ac8c6c36e0712f424e2031351e01f31a1e0cc09d492d5884d3")
        << "a range";
    EXPECT_EQ(signature_of({.path = "/packs/0123abcd"},
                           {k_example.access_key_id, k_example.secret_access_key, "TOKEN//with+signs=="}),
              "c79a6b6f2b12c2b02984f401364e307c8725e3fe7253e41f2d92e37952485591")
        << "a session";
    EXPECT_EQ(signature_of({.path = "/a b/c+d/e=f&g/(h)!*'/\xc3\xa9~"}),
              "3a88f378b79bf8a40086f9f44ab7b004d76c13882889569a76d184a047765c80")
        << "a key that must be encoded";
    EXPECT_EQ(signature_of({.path = "/a//b/../c/./d"}),
              "17f3e8bc3eddf7f6aa851ba7dea1faddc42fd0a13dccee5f3f35604c99162ccd")
        << "slashes and dots that stay";
    EXPECT_EQ(signature_of({.path = "/",
                            .query = {{"list-type", "2"},
                                      {"prefix", "versions/a b/"},
                                      {"continuation-token", "1+2/3=="},
                                      {"encoding-type", "url"}}}),
              "44baa229dbf77243e4b186c98b907af9f6c62562c78b241b77c8308e81c82ad9")
        << "a list";
    EXPECT_EQ(signature_of({.method = "POST", .path = "/packs/big", .query = {{"uploads", ""}}}),
              "12aaf01d0edc37f275639b0004720719b05e36363bff939f0297ed1e149af46f")
        << "a parameter without a value";
    EXPECT_EQ(signature_of({.method = "PUT",
                            .path = "/versions/app/v1",
                            .headers = {{"If-None-Match", "*"}},
                            .body = as_bytes("{\"ballast\": 1}")}),
              "bf1a654cb10bf2e40dbfe8909af35d00e4732cb5008aef8125a64685dfdab8ce")
        << "a body and a condition";
    EXPECT_EQ(signature_of({.method = "PUT",
                            .path = "/packs/big",
                            .query = {{"uploadId", "2~abc/DEF"}, {"partNumber", "10"}},
                            .body = as_bytes("part")},
                           {k_example.access_key_id, k_example.secret_access_key, "TOKEN"}),
              "0ce39740c610a68a573eb405dcfa3ce04014a0b9d1535ff6680741364444fddd")
        << "a part";
    EXPECT_EQ(signature_of({.method = "DELETE", .path = "/packs/0123abcd"}),
              "e38543c7c9dd1ea7c0598d14dd15e06826c1e7a31616867af31a88ae0af825b2")
        << "a removal";
}

// The kinds of AWS's suite, as requests of our own: botocore made these signatures too.
TEST(SigV4, AgreesWithBotocoreOnWhatIsEasilyDoneWrong) {
    const std::string unreserved = "-._~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
    EXPECT_EQ(signature_of({.path = "/key", .headers = {{"X-Amz-Meta-A", "  a   b   c  "}}}),
              "02e45697290d12f63b8239f73790584e89942cd2771fdf1219fabfa61ee30525")
        << "spaces around and inside a header's value";
    EXPECT_EQ(signature_of(
                  {.method = "POST",
                   .path = "/key",
                   .headers = {{"X-Amz-Meta-Zoo", "z"}, {"x-amz-meta-Bar", "b"}, {"X-AMZ-META-foo", "F"}}}),
              "97a1e5ea32c65b422680bbd926933cd0f8cda4c6f04ba950d3107dfb553e2826")
        << "headers in any case and order";
    EXPECT_EQ(signature_of({.path = "/", .query = {{"Param", "1"}, {"param", "2"}, {"PARAM", "3"}}}),
              "9d1c02f3c836ce311b5956426e554e34f4f818d48fb962089755d384570e8d48")
        << "parameters that differ in case";
    EXPECT_EQ(signature_of({.path = "/", .query = {{unreserved, unreserved}}}),
              "b1721497b8ab01ef99fc35d8e6ecfc29ef5f1875d30f379b42aa26e0f55cfd9c")
        << "a parameter that needs no encoding";
    EXPECT_EQ(signature_of({.path = "/", .query = {{"\xe1\x88\xb4", "bar"}}}),
              "74ae8a8673d72d22e5f0ea8b895fec6c6c6f02f81148c402707b91ce8b4883bb")
        << "a parameter in UTF-8";
    EXPECT_EQ(signature_of({.path = "/", .query = {{"a", "1"}, {"a+", "2"}, {"a-", "3"}, {"a b", "4"}}}),
              "cc245a7b6e2fe0ee797f964d7e8d6c3a1d8be7a9a734fa1dc74c3a646b35b98b")
        << "parameters that are sorted as encoded";
    EXPECT_EQ(signature_of({.method = "POST",
                            .path = "/",
                            .headers = {{"Content-Type", "application/x-www-form-urlencoded"}},
                            .body = as_bytes("Param1=value1")}),
              "d6a0cb38ab86ac865f720ae90b9d9a26f9057cf6e32f91dc29596e2d6faec8bb")
        << "a form";
    EXPECT_EQ(signature_of({.path = "/" + unreserved}),
              "dc7f76462ac9d19b34b98a433a80b722d6cdea9f04e6c67709119bfb220316d8")
        << "a key that needs no encoding";
    EXPECT_EQ(signature_of({.path = "/\xe1\x88\xb4"}),
              "cbfc30068841f67316530bc53077f39f1c78dc833fa3755dbfb58f6cd9f5e051")
        << "a key in UTF-8";
    EXPECT_EQ(signature_of({.path = "/", .query = {{"uploads", ""}, {"prefix", "a/b"}}},
                           {k_example.access_key_id, k_example.secret_access_key, "SESSION/TOKEN+=="}),
              "af9f9704aaaf3ad58c58f66638c6c93ce609326ee5027d2610f2a8819e4f3533")
        << "a session and a parameter without a value";
}

TEST(SigV4, NamesWhatItSigned) {
    HttpRequest request{.path = "/key", .headers = {{"Range", "bytes=0-9"}}};
    Credentials credentials = k_example;
    credentials.session_token = "TOKEN";
    sign_for_s3(request, "host", sha256({}), credentials, {"eu-west-1"}, k_when);
    EXPECT_EQ(request.headers.back().second.substr(0, request.headers.back().second.size() - 64),
              "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20231114/eu-west-1/s3/aws4_request, "
              "SignedHeaders=host;range;x-amz-content-sha256;x-amz-date;x-amz-security-token, Signature=");
}

// One case of the suite, as its folder holds it.
struct SuiteCase {
    HttpRequest request;
    std::string body;
    nlohmann::json context;
};

// The suite normalises paths in half of its cases, which S3 does not: keys may hold "..". So the test does
// it.
std::string normalized(const std::string& path) {
    std::vector<std::string> parts;
    std::istringstream stream(path);
    for (std::string part; std::getline(stream, part, '/');) {
        if (part == ".." && !parts.empty()) parts.pop_back();
        if (!part.empty() && part != "." && part != "..") parts.push_back(part);
    }
    std::string clean;
    for (const auto& part : parts) clean += "/" + part;
    const bool has_end = path.ends_with('/') || path.ends_with("/.") || path.ends_with("/..");
    return clean.empty() || has_end ? clean + "/" : clean;
}

SuiteCase read_case(const fs::path& folder) {
    SuiteCase suite_case;
    suite_case.context = nlohmann::json::parse(read_file(folder / "context.json", 1U << 20U).value());
    const std::string text = read_file(folder / "request.txt", 1U << 20U).value();
    std::istringstream lines(text);
    std::string line;
    std::getline(lines, line);
    auto& request = suite_case.request;
    request.method = line.substr(0, line.find(' '));
    std::string target = line.substr(request.method.size() + 1);
    target.resize(target.rfind(" HTTP/1.1"));
    const auto question = std::min(target.find('?'), target.size());
    request.path = percent_decode(target.substr(0, question), "").value();
    if (suite_case.context["normalize"].get<bool>()) request.path = normalized(request.path);
    std::istringstream query(question < target.size() ? target.substr(question + 1) : "");
    for (std::string pair; std::getline(query, pair, '&');) {
        const auto equals = std::min(pair.find('='), pair.size());
        request.query.emplace_back(
            percent_decode(pair.substr(0, equals), "").value(),
            percent_decode(pair.substr(std::min(equals + 1, pair.size())), "").value());
    }
    while (std::getline(lines, line) && !line.empty()) {
        if (line.front() == ' ') {
            request.headers.back().second += "\n" + line;
        } else {
            request.headers.emplace_back(line.substr(0, line.find(':')), line.substr(line.find(':') + 1));
        }
    }
    std::getline(lines, suite_case.body, '\0');
    return suite_case;
}

TEST(SigV4, PassesTheSuiteOfAws) {
    const char* directory = std::getenv("BALLAST_SIGV4_SUITE");
    if (directory == nullptr) GTEST_SKIP() << "BALLAST_SIGV4_SUITE does not name AWS's suite";
    int cases = 0;
    for (const auto& folder : fs::directory_iterator(directory)) {
        if (!fs::exists(folder.path() / "request.txt")) continue;
        ++cases;
        SuiteCase suite_case = read_case(folder.path());
        const auto& context = suite_case.context;
        auto& request = suite_case.request;
        const Credentials credentials{context["credentials"]["access_key_id"],
                                      context["credentials"]["secret_access_key"],
                                      context["credentials"].value("token", "")};
        const auto when = parse_iso_time(context["timestamp"].get<std::string>()).value();
        const Digest payload = sha256(as_bytes(suite_case.body));
        request.headers.emplace_back("X-Amz-Date", amz_date(when));
        if (!credentials.session_token.empty() && !context.value("omit_session_token", false))
            request.headers.emplace_back("X-Amz-Security-Token", credentials.session_token);
        if (context["sign_body"].get<bool>())
            request.headers.emplace_back("x-amz-content-sha256", payload.hex());
        const Signature signature =
            sign_v4(request, payload, credentials, {context["region"], context["service"]}, when);
        const auto expected = [&](const char* name) {
            std::string text = read_file(folder.path() / name, 1U << 20U).value();
            while (text.ends_with('\n')) text.pop_back();
            return text;
        };
        SCOPED_TRACE(folder.path().filename().string());
        EXPECT_EQ(signature.canonical_request, expected("header-canonical-request.txt"));
        EXPECT_EQ(signature.string_to_sign, expected("header-string-to-sign.txt"));
        EXPECT_EQ(signature.hex, expected("header-signature.txt"));
    }
    EXPECT_GE(cases, 30);
}

}  // namespace
}  // namespace ballast
