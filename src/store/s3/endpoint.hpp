#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.hpp"

namespace ballast {

// Where a server listens.
struct Endpoint {
    enum class Scheme : std::uint8_t { http, https };
    Scheme scheme = Scheme::https;
    std::string host;  // name or address; IPv6 without brackets
    std::uint16_t port = 443;

    // "example.com", "127.0.0.1:8000", "[::1]:80": the Host header, without the scheme's own port.
    std::string authority() const;
    std::string url() const;  // "http://127.0.0.1:8000"
    bool operator==(const Endpoint&) const = default;
};

// A URL split up; path and query as they stand.
struct HttpUrl {
    Endpoint endpoint;
    std::string path;  // "/" when the URL has none
    std::string query;
};

// "https://host[:port][/path][?query]". Errors: usage, naming `name_in_errors`, for anything else, users and
// passwords included.
Result<HttpUrl> parse_http_url(std::string_view text, std::string_view name_in_errors);

// The same, where only the server is meant: with a path or query it is an error.
Result<Endpoint> parse_endpoint(std::string_view text, std::string_view name_in_errors);

// Errors: usage, naming `name_in_errors`, for a broken escape.
Result<std::string> percent_decode(std::string_view text, std::string_view name_in_errors);

}  // namespace ballast
