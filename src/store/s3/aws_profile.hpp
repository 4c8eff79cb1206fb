#pragma once

#include <map>
#include <string>
#include <string_view>

#include "base/result.hpp"

namespace ballast {

// The settings of one profile: those of ~/.aws/config, and those of ~/.aws/credentials over them. Indented
// settings have their parent's name before a dot: "s3.addressing_style".
using AwsProfile = std::map<std::string, std::string, std::less<>>;

// "" where the profile does not have it.
std::string setting(const AwsProfile& profile, std::string_view name);

// The sections of such a file, by their full names ("default", "profile build", "services local").
// Lines that are not understood are passed over, as the SDKs do.
std::map<std::string, AwsProfile, std::less<>> parse_aws_file(std::string_view text);

// The profile that AWS_PROFILE names (else "default"), out of AWS_CONFIG_FILE and
// AWS_SHARED_CREDENTIALS_FILE or the files in ~/.aws; absent files give an empty profile. The settings for
// S3 of the profile's `services` section are there as "s3.<name>".
// Errors: usage when AWS_PROFILE names one that is in neither file.
Result<AwsProfile> load_aws_profile();

}  // namespace ballast
