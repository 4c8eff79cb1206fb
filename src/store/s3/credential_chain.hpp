#pragma once

#include <mutex>
#include <optional>
#include <string>

#include "store/s3/credential_sources.hpp"

namespace ballast {

// The credentials to sign with now: the first source in the SDKs' order that is configured (environment, web
// identity, profile, container, instance), asked again five minutes before they expire. Thread-safe; one
// thread asks while others wait.
class CredentialChain {
  public:
    CredentialChain(AwsProfile profile, std::string region, OpenTls tls);

    // Nothing when no source is configured: requests go out unsigned, as public buckets allow.
    // Errors: those of the source that is configured and does not work.
    Result<std::optional<Credentials>> current(const CallLimits& limits);

    // A server said that these have expired. True when others are there now.
    Result<bool> renew(const Credentials& refused, const CallLimits& limits);

  private:
    MaybeCredentials ask(const CallLimits& limits) const;

    const AwsProfile m_profile;
    const std::string m_region;
    const OpenTls m_tls;
    std::mutex m_mutex;  // guards all below
    bool m_asked = false;
    std::optional<FoundCredentials> m_found;
};

// Which source that order would ask first: "environment", "web identity", "profile NAME", "container
// endpoint", "instance metadata" or "none (requests go out unsigned)". Asks nobody. Errors: usage for half a
// configuration.
Result<std::string> credential_source();

}  // namespace ballast
