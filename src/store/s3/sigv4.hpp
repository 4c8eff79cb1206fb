#pragma once

#include <chrono>
#include <string>

#include "codec/sha256.hpp"
#include "store/s3/http_message.hpp"

namespace ballast {

// What a request is signed with. Never logged.
struct Credentials {
    std::string access_key_id;
    std::string secret_access_key;
    std::string session_token = {};  // "" when the credentials are not temporary
};

struct SigningScope {
    std::string region;
    std::string service = "s3";
};

// The two strings that Signature Version 4 is made of, for tests to compare, and what joins the request.
struct Signature {
    std::string canonical_request;
    std::string string_to_sign;
    std::string hex;
    std::string authorization;  // the header's value
};

// "20150830T123600Z"
std::string amz_date(std::chrono::sys_seconds time);

// Signs what `request` holds: method, path, query and all its headers, "host" among them. The path is
// taken as it is (S3 keys may hold "//" and ".."), encoded once.
// Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/create-signed-request.html
Signature sign_v4(const HttpRequest& request, const Digest& payload, const Credentials& credentials,
                  const SigningScope& scope, std::chrono::sys_seconds time);

// Adds the headers that S3 wants, x-amz-date, x-amz-content-sha256 and the session token, and the
// signature over them. `host` is the Host header as the connection writes it.
void sign_for_s3(HttpRequest& request, const std::string& host, const Digest& payload,
                 const Credentials& credentials, const SigningScope& scope, std::chrono::sys_seconds time);

}  // namespace ballast
