#include "store/s3/credential_chain.hpp"

#include "base/environment.hpp"

namespace ballast {
namespace {

constexpr auto k_early = std::chrono::minutes(5);

}  // namespace

CredentialChain::CredentialChain(AwsProfile profile, std::string region, OpenTls tls)
    : m_profile(std::move(profile)), m_region(std::move(region)), m_tls(std::move(tls)) {}

Result<std::optional<Credentials>> CredentialChain::current(const CallLimits& limits) {
    const std::lock_guard lock(m_mutex);
    const auto now = std::chrono::system_clock::now();
    const bool expires_soon = m_found && m_found->expires && *m_found->expires - k_early <= now;
    if (!m_asked || expires_soon) {
        auto found = ask(limits);
        // What is still good for a while is used while its source does not answer.
        const bool still_good = expires_soon && *m_found->expires > now;
        if (!found && !still_good) return pass_on(std::move(found));
        if (found) m_found = std::move(*found);
        m_asked = true;
    }
    if (!m_found) return std::nullopt;
    return m_found->credentials;
}

Result<bool> CredentialChain::renew(const Credentials& refused, const CallLimits& limits) {
    const std::lock_guard lock(m_mutex);
    const auto same = [&] {
        return m_found && m_found->credentials.access_key_id == refused.access_key_id &&
               m_found->credentials.session_token == refused.session_token;
    };
    if (!same()) return true;  // another thread was faster
    BALLAST_TRY(m_found, ask(limits));
    return m_found.has_value() && !same();
}

MaybeCredentials CredentialChain::ask(const CallLimits& limits) const {
    const std::function<MaybeCredentials()> sources[] = {
        &credentials_from_environment,
        [&] { return credentials_from_web_identity(m_region, m_tls, limits); },
        [&] { return credentials_from_profile(m_profile); },
        [&] { return credentials_from_container(m_tls, limits); },
        [&] { return credentials_from_instance(limits); },
    };
    for (const auto& source : sources) {
        BALLAST_TRY(auto found, source());
        if (found) return found;
    }
    return std::nullopt;
}

Result<std::string> credential_source() {
    BALLAST_TRY(const auto from_environment, credentials_from_environment());
    if (from_environment) return "environment";
    if (!environment("AWS_WEB_IDENTITY_TOKEN_FILE").empty() && !environment("AWS_ROLE_ARN").empty())
        return "web identity";
    BALLAST_TRY(const AwsProfile profile, load_aws_profile());
    BALLAST_TRY(const auto from_profile, credentials_from_profile(profile));
    if (from_profile) {
        const std::string name = environment("AWS_PROFILE");
        return "profile " + (name.empty() ? std::string("default") : name);
    }
    if (!environment("AWS_CONTAINER_CREDENTIALS_RELATIVE_URI").empty() ||
        !environment("AWS_CONTAINER_CREDENTIALS_FULL_URI").empty())
        return "container endpoint";
    const bool asks_instance =
        environment("AWS_EC2_METADATA_DISABLED") != "true" && environment("AWS_LAMBDA_FUNCTION_NAME").empty();
    return asks_instance ? "instance metadata, if there is any" : "none: requests go out unsigned";
}

}  // namespace ballast
