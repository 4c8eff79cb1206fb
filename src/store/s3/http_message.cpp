#include "store/s3/http_message.hpp"

#include <algorithm>

#include "store/s3/endpoint.hpp"

namespace ballast {
namespace {

char lower(char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

bool is_unreserved(char c) {
    return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' ||
           c == '.' || c == '_' || c == '~';
}

}  // namespace

std::string_view HttpHead::header(std::string_view name) const {
    for (const auto& [key, value] : headers) {
        if (equal_ignoring_case(key, name)) return value;
    }
    return {};
}

std::string percent_encode(std::string_view text, Slashes slashes) {
    constexpr std::string_view k_hex = "0123456789ABCDEF";
    std::string encoded;
    encoded.reserve(text.size());
    for (const char c : text) {
        if (is_unreserved(c) || (c == '/' && slashes == Slashes::keep)) {
            encoded += c;
        } else {
            const auto byte = static_cast<unsigned char>(c);
            encoded += '%';
            encoded += k_hex[byte >> 4U];
            encoded += k_hex[byte & 15U];
        }
    }
    return encoded;
}

std::string encode_query(const HttpFields& query) {
    HttpFields encoded;
    for (const auto& [name, value] : query) {
        encoded.emplace_back(percent_encode(name, Slashes::encode), percent_encode(value, Slashes::encode));
    }
    std::sort(encoded.begin(), encoded.end());
    std::string text;
    for (const auto& [name, value] : encoded) {
        if (!text.empty()) text += '&';
        text += name;
        text += '=';
        text += value;
    }
    return text;
}

Result<HttpFields> decode_query(std::string_view query, std::string_view name_in_errors) {
    HttpFields fields;
    while (!query.empty()) {
        const auto end = std::min(query.find('&'), query.size());
        const auto equals = std::min(query.find('='), end);
        BALLAST_TRY(std::string name, percent_decode(query.substr(0, equals), name_in_errors));
        const auto value_start = std::min(equals + 1, end);
        BALLAST_TRY(std::string value,
                    percent_decode(query.substr(value_start, end - value_start), name_in_errors));
        fields.emplace_back(std::move(name), std::move(value));
        query.remove_prefix(std::min(end + 1, query.size()));
    }
    return fields;
}

std::string request_target(const HttpRequest& request) {
    std::string target = percent_encode(request.path, Slashes::keep);
    if (!request.query.empty()) target += "?" + encode_query(request.query);
    return target;
}

bool equal_ignoring_case(std::string_view a, std::string_view b) {
    return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                      [](char x, char y) { return lower(x) == lower(y); });
}

}  // namespace ballast
