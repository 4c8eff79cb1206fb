#pragma once

#include <string>
#include <string_view>

#include "base/result.hpp"
#include "store/s3/aws_profile.hpp"
#include "store/s3/endpoint.hpp"

namespace ballast {

// Where an s3: store is, and how to speak to it.
struct S3Location {
    enum class Addressing : std::uint8_t { virtual_hosted, path_style };

    std::string url;  // as the user named it
    std::string bucket;
    std::string prefix;  // "" or ends with '/'
    std::string region;
    bool region_was_named = false;  // else it is the SDKs' last resort, us-east-1
    Endpoint endpoint;              // of the service; a virtual-hosted bucket's name joins its host
    bool is_aws = true;             // the endpoint follows from the region
    Addressing addressing = Addressing::virtual_hosted;
    unsigned connections = 16;

    // The server that requests go to.
    Endpoint server() const;
    // The path of a key ("" is the bucket itself), not encoded.
    std::string path_of(std::string_view key) const;
    // "s3://bucket/prefix/key", for messages.
    std::string shown(std::string_view key) const;
    // Turns to another region; where the endpoint follows from it, to that too.
    void move_to(const std::string& region);
};

// "s3://bucket/prefix?endpoint=URL&region=NAME&path_style=true&connections=N". What the URL leaves open comes
// from AWS_ENDPOINT_URL_S3, AWS_ENDPOINT_URL, AWS_REGION, AWS_DEFAULT_REGION, then the profile. Addresses
// are path-style for endpoints of the user's own and buckets with dots (no certificate matches them).
// Errors: usage.
Result<S3Location> parse_s3_url(const std::string& url, const AwsProfile& profile);

}  // namespace ballast
