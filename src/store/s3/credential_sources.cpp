#include "store/s3/credential_sources.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>

#include "base/environment.hpp"
#include "base/file.hpp"
#include "base/json_text.hpp"
#include "store/s3/refusal.hpp"
#include "store/s3/xml.hpp"

namespace ballast {
namespace {

constexpr std::string_view k_container_host = "http://169.254.170.2";
constexpr std::string_view k_instance_host = "http://169.254.169.254";
constexpr std::size_t k_max_token_bytes = 64U << 10U;
// These servers are on the same machine: one that does not answer soon is not there.
constexpr HttpConnection::Patience k_local_patience{
    std::chrono::milliseconds(1000), std::chrono::milliseconds(5000), std::chrono::milliseconds(5000)};

Result<std::string> read_token(const std::string& variable, const std::string& path) {
    auto text = read_file(path, k_max_token_bytes);
    if (!text) {
        return fail(ErrorCode::usage, variable + ": " + path, text.error().message,
                    "name a readable file that holds the token");
    }
    while (text->ends_with('\n') || text->ends_with('\r') || text->ends_with(' ')) text->pop_back();
    return std::move(*text);
}

// Asks until an answer, a few times: these endpoints throttle, and are slow to start. Errors name
// `name_in_errors`.
Result<HttpAnswer> ask(const HttpUrl& url, const OpenTls& tls, HttpRequest request,
                       const std::string& name_in_errors, const CallLimits& limits) {
    BALLAST_TRY(request.path, percent_decode(url.path, url.endpoint.url()));
    BALLAST_TRY(request.query, decode_query(url.query, url.endpoint.url()));
    // Its errors name the setting, AWS_CA_BUNDLE, not what is asked for.
    if (url.endpoint.scheme == Endpoint::Scheme::https && tls) BALLAST_CHECK(tls());
    constexpr int k_attempts = 3;
    for (int attempt = 1;; ++attempt) {
        auto answer = http_call(url.endpoint, tls, request, k_local_patience, limits);
        const bool again = answer ? answer->head.status >= 500 || answer->head.status == 429
                                  : answer.error().code == ErrorCode::unavailable;
        if (again && attempt != k_attempts && CallLimits::Clock::now() < limits.deadline) continue;
        if (!answer)
            return fail(answer.error().code, name_in_errors, answer.error().message, answer.error().hint);
        return answer;
    }
}

MaybeCredentials ask_for_json(const HttpUrl& url, const OpenTls& tls, const HttpRequest& request,
                              const std::string& name_in_errors, const CallLimits& limits) {
    BALLAST_TRY(const HttpAnswer answer, ask(url, tls, request, name_in_errors, limits));
    if (answer.head.status != 200) {
        return fail(ErrorCode::permission, name_in_errors,
                    fmt::format("gives no credentials: HTTP {}", answer.head.status),
                    "check the role of the function or task");
    }
    return parse_credentials_json(answer.body, name_in_errors);
}

// Plain HTTP is for addresses that do not leave the machine, as the SDKs have it.
bool is_local(const Endpoint& endpoint) {
    return endpoint.scheme == Endpoint::Scheme::https || endpoint.host == "localhost" ||
           endpoint.host == "::1" || endpoint.host.starts_with("127.") || endpoint.host == "169.254.170.2" ||
           endpoint.host == "169.254.170.23" || endpoint.host == "fd00:ec2::23";
}

// Checks what goes into a header and must not break one.
Result<void> check_header_text(const std::string& value, const std::string& name_in_errors) {
    if (std::all_of(value.begin(), value.end(), [](char c) { return c > ' ' && c < '\x7f'; })) return {};
    return fail(ErrorCode::usage, name_in_errors,
                "holds a space, a line break or another character that no such value has",
                "copy it again, without quotes and line ends");
}

MaybeCredentials checked(FoundCredentials found, const std::string& id_shown,
                         const std::string& token_shown) {
    BALLAST_CHECK(check_header_text(found.credentials.access_key_id, id_shown));
    BALLAST_CHECK(check_header_text(found.credentials.session_token, token_shown));
    return found;
}

bool are_whole(const Credentials& credentials) {
    return !credentials.access_key_id.empty() && !credentials.secret_access_key.empty();
}

}  // namespace

MaybeCredentials credentials_from_environment() {
    Credentials credentials{environment("AWS_ACCESS_KEY_ID"), environment("AWS_SECRET_ACCESS_KEY"),
                            environment("AWS_SESSION_TOKEN")};
    const bool has_id = !credentials.access_key_id.empty();
    const bool has_secret = !credentials.secret_access_key.empty();
    if (!has_id && !has_secret) return std::nullopt;
    if (has_id != has_secret) {
        return fail(
            ErrorCode::usage, has_id ? "AWS_SECRET_ACCESS_KEY" : "AWS_ACCESS_KEY_ID",
            fmt::format("is not set, but {} is", has_id ? "AWS_ACCESS_KEY_ID" : "AWS_SECRET_ACCESS_KEY"),
            "set both or neither");
    }
    return checked({std::move(credentials), {}}, "AWS_ACCESS_KEY_ID", "AWS_SESSION_TOKEN");
}

MaybeCredentials credentials_from_web_identity(const std::string& region, const OpenTls& tls,
                                               const CallLimits& limits) {
    const std::string file = environment("AWS_WEB_IDENTITY_TOKEN_FILE");
    const std::string role = environment("AWS_ROLE_ARN");
    if (file.empty() || role.empty()) return std::nullopt;
    BALLAST_TRY(const std::string token, read_token("AWS_WEB_IDENTITY_TOKEN_FILE", file));
    std::string endpoint = environment("AWS_ENDPOINT_URL_STS");
    if (endpoint.empty()) endpoint = fmt::format("https://sts.{}.amazonaws.com", region);
    HttpUrl url;
    BALLAST_TRY(url.endpoint, parse_endpoint(endpoint, "AWS_ENDPOINT_URL_STS"));
    url.path = "/";

    std::string session = environment("AWS_ROLE_SESSION_NAME");
    if (session.empty()) session = "ballast";
    const std::string form = encode_query({{"Action", "AssumeRoleWithWebIdentity"},
                                           {"Version", "2011-06-15"},
                                           {"RoleArn", role},
                                           {"RoleSessionName", session},
                                           {"WebIdentityToken", token}});
    HttpRequest request{.method = "POST",
                        .headers = {{"Content-Type", "application/x-www-form-urlencoded"}},
                        .body = as_bytes(form)};
    const std::string name_in_errors = "web identity for " + role;
    BALLAST_TRY(const HttpAnswer answer, ask(url, tls, request, name_in_errors, limits));
    if (answer.head.status != 200) {
        std::string code;
        (void)parse_xml(answer.body, name_in_errors, [&](std::string_view path, std::string_view text) {
            if (path.ends_with("Error/Code")) code = text;
        });
        return fail(ErrorCode::permission, name_in_errors,
                    fmt::format("STS gives no credentials: HTTP {} {}", answer.head.status, code),
                    "check the role's trust policy and the token");
    }
    FoundCredentials found;
    BALLAST_CHECK(parse_xml(answer.body, name_in_errors, [&](std::string_view path, std::string_view text) {
        if (path.ends_with("Credentials/AccessKeyId")) found.credentials.access_key_id = text;
        if (path.ends_with("Credentials/SecretAccessKey")) found.credentials.secret_access_key = text;
        if (path.ends_with("Credentials/SessionToken")) found.credentials.session_token = text;
        if (path.ends_with("Credentials/Expiration")) found.expires = parse_iso_time(text);
    }));
    if (!are_whole(found.credentials))
        return fail(ErrorCode::corrupt, name_in_errors, "the answer holds no credentials");
    return checked(std::move(found), name_in_errors, name_in_errors);
}

MaybeCredentials credentials_from_profile(const AwsProfile& profile) {
    Credentials credentials{setting(profile, "aws_access_key_id"), setting(profile, "aws_secret_access_key"),
                            setting(profile, "aws_session_token")};
    if (are_whole(credentials)) {
        return checked({std::move(credentials), {}}, "the AWS profile's aws_access_key_id",
                       "the AWS profile's aws_session_token");
    }
    for (const char* other : {"sso_session", "sso_start_url", "credential_process", "role_arn"}) {
        if (profile.contains(std::string_view(other))) {
            return fail(ErrorCode::usage, "the AWS profile",
                        fmt::format("gets its credentials by {}, which needs the AWS CLI", other),
                        "run: eval \"$(aws configure export-credentials --format env)\"");
        }
    }
    return std::nullopt;
}

MaybeCredentials credentials_from_container(const OpenTls& tls, const CallLimits& limits) {
    std::string text = environment("AWS_CONTAINER_CREDENTIALS_FULL_URI");
    std::string variable = "AWS_CONTAINER_CREDENTIALS_FULL_URI";
    if (const std::string relative = environment("AWS_CONTAINER_CREDENTIALS_RELATIVE_URI");
        !relative.empty()) {
        variable = "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI";
        text = std::string(k_container_host) + relative;
    }
    if (text.empty()) return std::nullopt;
    BALLAST_TRY(const HttpUrl url, parse_http_url(text, variable));
    if (!is_local(url.endpoint)) {
        return fail(ErrorCode::usage, variable,
                    fmt::format("'{}' is neither https nor on this machine", url.endpoint.url()),
                    "credentials would cross a network in the clear");
    }
    HttpRequest request;
    std::string token = environment("AWS_CONTAINER_AUTHORIZATION_TOKEN");
    if (const std::string file = environment("AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE"); !file.empty())
        BALLAST_SET(token, read_token("AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE", file));
    if (token.find_first_of("\r\n") != std::string::npos)
        return fail(ErrorCode::usage, "AWS_CONTAINER_AUTHORIZATION_TOKEN", "holds a line break");
    if (!token.empty()) request.headers.emplace_back("Authorization", token);
    return ask_for_json(url, tls, request, variable, limits);
}

MaybeCredentials credentials_from_instance(const CallLimits& limits) {
    // Functions have no such service; asking would cost a cold start a second.
    if (environment("AWS_EC2_METADATA_DISABLED") == "true" ||
        !environment("AWS_LAMBDA_FUNCTION_NAME").empty())
        return std::nullopt;
    std::string endpoint = environment("AWS_EC2_METADATA_SERVICE_ENDPOINT");
    if (endpoint.empty()) endpoint = k_instance_host;
    while (endpoint.ends_with('/')) endpoint.pop_back();
    HttpUrl url;
    BALLAST_TRY(url.endpoint, parse_endpoint(endpoint, "AWS_EC2_METADATA_SERVICE_ENDPOINT"));

    const HttpRequest for_token{.method = "PUT",
                                .path = "/latest/api/token",
                                .headers = {{"X-aws-ec2-metadata-token-ttl-seconds", "21600"}}};
    const auto token = http_call(url.endpoint, nullptr, for_token, k_local_patience, limits);
    if (!token || token->head.status != 200) return std::nullopt;
    if (token->body.find_first_of("\r\n") != std::string::npos) return std::nullopt;
    const HttpFields headers = {{"X-aws-ec2-metadata-token", token->body}};
    constexpr std::string_view k_roles = "/latest/meta-data/iam/security-credentials/";
    const HttpRequest for_role{.path = std::string(k_roles), .headers = headers};
    const auto role = http_call(url.endpoint, nullptr, for_role, k_local_patience, limits);
    if (!role || role->head.status != 200 || role->body.empty()) return std::nullopt;
    url.path = std::string(k_roles) + role->body.substr(0, role->body.find('\n'));
    return ask_for_json(url, nullptr, HttpRequest{.headers = headers}, "the instance's metadata service",
                        limits);
}

Result<FoundCredentials> parse_credentials_json(std::string_view text, std::string_view name_in_errors) {
    const auto json = parse_json(text);
    const FoundCredentials found{
        {json_string(json, "AccessKeyId"), json_string(json, "SecretAccessKey"), json_string(json, "Token")},
        parse_iso_time(json_string(json, "Expiration"))};
    if (!are_whole(found.credentials) || !checked(found, "", ""))
        return fail(ErrorCode::corrupt, name_in_errors, "the answer holds no credentials");
    return found;
}

}  // namespace ballast
