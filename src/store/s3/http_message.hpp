#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.hpp"

namespace ballast {

using HttpFields = std::vector<std::pair<std::string, std::string>>;

// A request before it is signed and put into HTTP's form. Path and query are as they are meant, not
// percent-encoded; the body is the caller's and must outlive the exchange.
struct HttpRequest {
    std::string method = "GET";
    std::string path = "/";
    HttpFields query = {};
    HttpFields headers = {};  // without Host and Content-Length, which the connection writes
    std::span<const std::byte> body = {};
};

// What comes before the body of an answer.
struct HttpHead {
    unsigned status = 0;
    HttpFields headers = {};
    std::optional<std::uint64_t> content_bytes;  // absent when the server streams (chunked) or just closes
    bool keep_alive = false;

    // The first header of that name, in any case; "" when there is none.
    std::string_view header(std::string_view name) const;
};

struct HttpAnswer {
    HttpHead head;
    std::string body;
};

// Percent-encodes all but A-Z a-z 0-9 - . _ ~ (RFC 3986, as Signature Version 4 wants it).
enum class Slashes : std::uint8_t { encode, keep };
std::string percent_encode(std::string_view text, Slashes slashes);

// "/a%20b?list-type=2&prefix=x": path and query as they go over the wire, the query sorted.
std::string request_target(const HttpRequest& request);

// "a=1&b=2", percent-encoded and sorted by name, then value.
std::string encode_query(const HttpFields& query);

// The fields of such a query, in its order. Errors: usage, naming `name_in_errors`, for a broken escape.
Result<HttpFields> decode_query(std::string_view query, std::string_view name_in_errors);

bool equal_ignoring_case(std::string_view a, std::string_view b);

}  // namespace ballast
