#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.hpp"
#include "store/s3/aws_profile.hpp"
#include "store/s3/call_limits.hpp"
#include "store/s3/http_connection.hpp"
#include "store/s3/sigv4.hpp"

// Where credentials come from, each by itself. A source that is not configured gives nothing; one that is,
// and does not work, is an error that names it. No text here ever holds a secret.

namespace ballast {

struct FoundCredentials {
    Credentials credentials;
    std::optional<std::chrono::sys_seconds> expires;
};
using MaybeCredentials = Result<std::optional<FoundCredentials>>;

// AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, AWS_SESSION_TOKEN. Errors: usage for one key without the other.
MaybeCredentials credentials_from_environment();

// AWS_WEB_IDENTITY_TOKEN_FILE and AWS_ROLE_ARN, by one unsigned call to STS (AWS_ENDPOINT_URL_STS).
MaybeCredentials credentials_from_web_identity(const std::string& region, const OpenTls& tls,
                                               const CallLimits& limits);

// aws_access_key_id and so on of the profile. Errors: usage for profiles that need another program (SSO,
// credential_process, role_arn).
MaybeCredentials credentials_from_profile(const AwsProfile& profile);

// AWS_CONTAINER_CREDENTIALS_RELATIVE_URI or _FULL_URI with AWS_CONTAINER_AUTHORIZATION_TOKEN(_FILE): ECS,
// EKS, and Lambda under SnapStart.
MaybeCredentials credentials_from_container(const OpenTls& tls, const CallLimits& limits);

// The instance's role, by metadata service version 2. A machine without one gives nothing.
MaybeCredentials credentials_from_instance(const CallLimits& limits);

// The JSON that container and instance endpoints answer with. Errors: corrupt, naming `name_in_errors`.
Result<FoundCredentials> parse_credentials_json(std::string_view text, std::string_view name_in_errors);

}  // namespace ballast
