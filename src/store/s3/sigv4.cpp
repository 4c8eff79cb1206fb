#include "store/s3/sigv4.hpp"

#include <fmt/chrono.h>
#include <fmt/format.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <algorithm>
#include <map>

#include "base/file.hpp"

namespace ballast {
namespace {

constexpr std::string_view k_algorithm = "AWS4-HMAC-SHA256";

std::string hmac(std::string_view key, std::string_view text) {
    std::string mac(EVP_MAX_MD_SIZE, '\0');
    unsigned bytes = 0;
    HMAC(EVP_sha256(), key.data(), static_cast<int>(key.size()),
         reinterpret_cast<const unsigned char*>(text.data()), text.size(),
         reinterpret_cast<unsigned char*>(mac.data()), &bytes);
    mac.resize(bytes);
    return mac;
}

bool is_space(char c) {
    return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

// Outer white space off, inner runs to one blank.
std::string trimmed(std::string_view value) {
    std::string text;
    for (const char c : value) {
        if (!is_space(c)) {
            text += c;
        } else if (!text.empty() && text.back() != ' ') {
            text += ' ';
        }
    }
    if (text.ends_with(' ')) text.pop_back();
    return text;
}

std::string lower_case(std::string_view text) {
    std::string lower(text);
    std::transform(lower.begin(), lower.end(), lower.begin(),
                   [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; });
    return lower;
}

struct CanonicalHeaders {
    std::string lines;  // "host:example.com\n" …
    std::string names;  // "host;x-amz-date"
};

CanonicalHeaders canonical_headers(const HttpFields& headers) {
    std::map<std::string, std::string> sorted;
    for (const auto& [name, value] : headers) {
        auto [at, is_new] = sorted.try_emplace(lower_case(name), trimmed(value));
        if (!is_new) at->second += "," + trimmed(value);
    }
    CanonicalHeaders canonical;
    for (const auto& [name, value] : sorted) {
        canonical.lines += name + ":" + value + "\n";
        canonical.names += (canonical.names.empty() ? "" : ";") + name;
    }
    return canonical;
}

}  // namespace

std::string amz_date(std::chrono::sys_seconds time) {
    return fmt::format("{:%Y%m%dT%H%M%SZ}", fmt::gmtime(std::chrono::system_clock::to_time_t(time)));
}

Signature sign_v4(const HttpRequest& request, const Digest& payload, const Credentials& credentials,
                  const SigningScope& scope, std::chrono::sys_seconds time) {
    const std::string when = amz_date(time);
    const std::string date = when.substr(0, 8);
    const auto headers = canonical_headers(request.headers);

    Signature signature;
    signature.canonical_request =
        fmt::format("{}\n{}\n{}\n{}\n{}\n{}", request.method, percent_encode(request.path, Slashes::keep),
                    encode_query(request.query), headers.lines, headers.names, payload.hex());
    const std::string credential_scope =
        fmt::format("{}/{}/{}/aws4_request", date, scope.region, scope.service);
    signature.string_to_sign = fmt::format("{}\n{}\n{}\n{}", k_algorithm, when, credential_scope,
                                           sha256(as_bytes(signature.canonical_request)).hex());
    const std::string key =
        hmac(hmac(hmac(hmac("AWS4" + credentials.secret_access_key, date), scope.region), scope.service),
             "aws4_request");
    const std::string mac = hmac(key, signature.string_to_sign);
    signature.hex = hex(std::span(reinterpret_cast<const std::uint8_t*>(mac.data()), mac.size()));
    signature.authorization =
        fmt::format("{} Credential={}/{}, SignedHeaders={}, Signature={}", k_algorithm,
                    credentials.access_key_id, credential_scope, headers.names, signature.hex);
    return signature;
}

void sign_for_s3(HttpRequest& request, const std::string& host, const Digest& payload,
                 const Credentials& credentials, const SigningScope& scope, std::chrono::sys_seconds time) {
    request.headers.emplace_back("x-amz-content-sha256", payload.hex());
    request.headers.emplace_back("x-amz-date", amz_date(time));
    if (!credentials.session_token.empty())
        request.headers.emplace_back("x-amz-security-token", credentials.session_token);
    HttpRequest signed_request = request;
    signed_request.headers.emplace_back("host", host);
    request.headers.emplace_back("Authorization",
                                 sign_v4(signed_request, payload, credentials, scope, time).authorization);
}

}  // namespace ballast
