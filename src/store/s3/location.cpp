#include "store/s3/location.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "base/environment.hpp"
#include "base/integer.hpp"
#include "base/relative_path.hpp"
#include "store/s3/http_message.hpp"

namespace ballast {
namespace {

constexpr std::string_view k_scheme = "s3://";
constexpr unsigned k_most_connections = 64;

std::string first_of(std::initializer_list<std::string> values) {
    const auto* found = std::ranges::find_if(values, [](const auto& value) { return !value.empty(); });
    return found == values.end() ? std::string() : *found;
}

Endpoint aws_endpoint(const std::string& region) {
    const bool china = region.starts_with("cn-");
    return {Endpoint::Scheme::https, fmt::format("s3.{}.amazonaws.com{}", region, china ? ".cn" : ""), 443};
}

bool is_made_of_letters_digits_or(std::string_view others, std::string_view text) {
    return std::all_of(text.begin(), text.end(), [&](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
               others.find(c) != std::string_view::npos;
    });
}

bool is_bucket_name(std::string_view name) {
    return name.size() >= 3 && name.size() <= 63 && name.find("..") == std::string_view::npos &&
           is_made_of_letters_digits_or("-._", name);
}

struct Parameters {
    std::string endpoint;
    std::string region;
    std::string path_style;
    std::string connections;
};

Result<Parameters> parse_parameters(std::string_view query, const std::string& name_in_errors) {
    Parameters parameters;
    BALLAST_TRY(HttpFields fields, decode_query(query, name_in_errors));
    for (auto& [name, value] : fields) {
        std::string* const parameter = name == "endpoint"      ? &parameters.endpoint
                                       : name == "region"      ? &parameters.region
                                       : name == "path_style"  ? &parameters.path_style
                                       : name == "connections" ? &parameters.connections
                                                               : nullptr;
        if (parameter == nullptr) {
            return fail(ErrorCode::usage, name_in_errors,
                        fmt::format("'{}' is not a parameter of an s3: store", name),
                        "known are endpoint, region, path_style and connections");
        }
        if (!parameter->empty())
            return fail(ErrorCode::usage, name_in_errors, fmt::format("names '{}' twice", name),
                        "say it once");
        *parameter = std::move(value);
    }
    return parameters;
}

Result<S3Location::Addressing> choose_addressing(const std::string& path_style, const AwsProfile& profile,
                                                 const S3Location& location,
                                                 const std::string& name_in_errors) {
    if (path_style == "true") return S3Location::Addressing::path_style;
    if (path_style == "false") return S3Location::Addressing::virtual_hosted;
    if (!path_style.empty()) {
        return fail(ErrorCode::usage, name_in_errors, fmt::format("path_style is '{}'", path_style),
                    "say true or false");
    }
    const std::string style = setting(profile, "s3.addressing_style");
    if (style == "path") return S3Location::Addressing::path_style;
    if (style == "virtual") return S3Location::Addressing::virtual_hosted;
    const bool has_dot = location.bucket.find('.') != std::string::npos;
    return location.is_aws && !has_dot ? S3Location::Addressing::virtual_hosted
                                       : S3Location::Addressing::path_style;
}

}  // namespace

Endpoint S3Location::server() const {
    Endpoint server = endpoint;
    if (addressing == Addressing::virtual_hosted) server.host = bucket + "." + server.host;
    return server;
}

std::string S3Location::path_of(std::string_view key) const {
    std::string path = "/";
    if (addressing == Addressing::path_style) path += bucket + (key.empty() ? "" : "/");
    if (!key.empty()) path += prefix + std::string(key);
    return path;
}

std::string S3Location::shown(std::string_view key) const {
    return "s3://" + bucket + "/" + prefix + std::string(key);
}

void S3Location::move_to(const std::string& new_region) {
    region = new_region;
    if (is_aws) endpoint = aws_endpoint(region);
}

Result<S3Location> parse_s3_url(const std::string& url, const AwsProfile& profile) {
    S3Location location;
    location.url = url;
    std::string_view rest = url;
    rest.remove_prefix(std::min(k_scheme.size(), rest.size()));
    // Without parameters, which may hold by mistake what must not be shown.
    const std::string name_in_errors = url.substr(0, std::min(url.find('?'), url.size()));
    if (url.find('#') != std::string::npos) {
        return fail(ErrorCode::usage, name_in_errors.substr(0, name_in_errors.find('#')), "the URL has a '#'",
                    "a store has no such part: choose a prefix without it");
    }
    const auto question = std::min(rest.find('?'), rest.size());
    const std::string_view query = rest.substr(std::min(question + 1, rest.size()));
    rest = rest.substr(0, question);
    if (rest.find('@') != std::string_view::npos) {
        return fail(ErrorCode::usage, "s3://…@" + std::string(rest.substr(rest.find('@') + 1)),
                    "credentials do not belong into a store's URL",
                    "use AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, a profile or a role");
    }
    const auto slash = std::min(rest.find('/'), rest.size());
    location.bucket = rest.substr(0, slash);
    if (!is_bucket_name(location.bucket)) {
        return fail(ErrorCode::usage, name_in_errors,
                    fmt::format("'{}' is not a bucket's name", location.bucket), "write s3://bucket/prefix");
    }
    std::string_view prefix = rest.substr(std::min(slash + 1, rest.size()));
    while (prefix.ends_with('/')) prefix.remove_suffix(1);
    if (!prefix.empty()) {
        if (const auto fault = relative_path_fault(prefix); !fault.empty())
            return fail(ErrorCode::usage, name_in_errors,
                        std::string("the prefix is not clean: ") + std::string(fault));
        location.prefix = std::string(prefix) + "/";
    }

    BALLAST_TRY(const Parameters parameters, parse_parameters(query, name_in_errors));
    const std::string region = first_of({parameters.region, environment("AWS_REGION"),
                                         environment("AWS_DEFAULT_REGION"), setting(profile, "region")});
    location.region_was_named = !region.empty();
    location.region = region.empty() ? "us-east-1" : region;
    if (!is_made_of_letters_digits_or("-_", location.region))
        return fail(ErrorCode::usage, name_in_errors,
                    fmt::format("'{}' is not a region's name", location.region));
    const std::string endpoint =
        first_of({parameters.endpoint, environment("AWS_ENDPOINT_URL_S3"), environment("AWS_ENDPOINT_URL"),
                  setting(profile, "s3.endpoint_url"), setting(profile, "endpoint_url")});
    if (endpoint.empty()) {
        location.endpoint = aws_endpoint(location.region);
    } else {
        location.is_aws = false;
        BALLAST_TRY(location.endpoint, parse_endpoint(endpoint, name_in_errors + ": endpoint"));
    }
    BALLAST_TRY(location.addressing,
                choose_addressing(parameters.path_style, profile, location, name_in_errors));
    if (!parameters.connections.empty()) {
        const auto& text = parameters.connections;
        if (!parse_integer(text, location.connections) || location.connections == 0 ||
            location.connections > k_most_connections) {
            return fail(ErrorCode::usage, name_in_errors,
                        fmt::format("connections is '{}', not 1 to {}", text, k_most_connections));
        }
    }
    return location;
}

}  // namespace ballast
