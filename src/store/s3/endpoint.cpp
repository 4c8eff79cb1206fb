#include "store/s3/endpoint.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "base/integer.hpp"

namespace ballast {
namespace {

constexpr std::uint16_t k_http_port = 80;
constexpr std::uint16_t k_https_port = 443;

bool is_host_character(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
           c == '.' || c == '_';
}

bool is_address_character(char c) {
    return is_host_character(c) || c == ':' || c == '%';
}

}  // namespace

std::string Endpoint::authority() const {
    const std::string name = host.find(':') == std::string::npos ? host : "[" + host + "]";
    const auto own_port = scheme == Scheme::http ? k_http_port : k_https_port;
    return port == own_port ? name : fmt::format("{}:{}", name, port);
}

std::string Endpoint::url() const {
    return (scheme == Scheme::http ? "http://" : "https://") + authority();
}

Result<HttpUrl> parse_http_url(std::string_view text, std::string_view name_in_errors) {
    const auto bad = [&](std::string_view what) {
        return fail(ErrorCode::usage, name_in_errors, fmt::format("'{}' {}", text, what),
                    "write it like https://s3.eu-west-1.amazonaws.com or http://127.0.0.1:9000");
    };
    HttpUrl url;
    std::string_view rest = text;
    if (rest.starts_with("http://")) {
        url.endpoint.scheme = Endpoint::Scheme::http;
        url.endpoint.port = k_http_port;
        rest.remove_prefix(7);
    } else if (rest.starts_with("https://")) {
        rest.remove_prefix(8);
    } else {
        return bad("is not an http or https URL");
    }
    const auto end = std::min(rest.find_first_of("/?#"), rest.size());
    std::string_view authority = rest.substr(0, end);
    rest.remove_prefix(end);
    if (authority.find('@') != std::string_view::npos) {
        return fail(ErrorCode::usage, name_in_errors, "credentials do not belong into a URL",
                    "use AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, a profile or a role");
    }
    if (rest.find('#') != std::string_view::npos) return bad("has a fragment");

    if (authority.starts_with('[')) {
        const auto close = authority.find(']');
        if (close == std::string_view::npos) return bad("has no closing bracket");
        url.endpoint.host = authority.substr(1, close - 1);
        authority.remove_prefix(close + 1);
        if (!authority.empty() && !authority.starts_with(':')) return bad("is not a URL");
    } else {
        const auto colon = std::min(authority.find(':'), authority.size());
        url.endpoint.host = authority.substr(0, colon);
        authority.remove_prefix(colon);
        if (!std::all_of(url.endpoint.host.begin(), url.endpoint.host.end(), is_host_character))
            return bad("has no host name");
    }
    if (url.endpoint.host.empty() ||
        !std::all_of(url.endpoint.host.begin(), url.endpoint.host.end(), is_address_character))
        return bad("has no host name");
    if (!authority.empty() &&
        (!parse_integer(authority.substr(1), url.endpoint.port) || url.endpoint.port == 0))
        return bad("has no port that can be");

    const auto question = std::min(rest.find('?'), rest.size());
    url.path = question == 0 ? "/" : std::string(rest.substr(0, question));
    if (question < rest.size()) url.query = rest.substr(question + 1);
    return url;
}

Result<Endpoint> parse_endpoint(std::string_view text, std::string_view name_in_errors) {
    BALLAST_TRY(HttpUrl url, parse_http_url(text, name_in_errors));
    if (url.path != "/" || !url.query.empty()) {
        return fail(
            ErrorCode::usage, name_in_errors, fmt::format("'{}' names more than a server", text),
            "write the server only, like http://127.0.0.1:9000; the bucket stands in s3://bucket/prefix");
    }
    return std::move(url.endpoint);
}

Result<std::string> percent_decode(std::string_view text, std::string_view name_in_errors) {
    std::string decoded;
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] != '%') {
            decoded += text[i];
            continue;
        }
        unsigned byte = 0;
        if (i + 2 >= text.size() || !parse_integer(text.substr(i + 1, 2), byte, 16)) {
            return fail(ErrorCode::usage, name_in_errors, fmt::format("'{}' has a broken %-escape", text));
        }
        decoded += static_cast<char>(byte);
        i += 2;
    }
    return decoded;
}

}  // namespace ballast
